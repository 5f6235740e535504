import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { Roster } from '../../src/environment/sentinel/roster.js';
import type { OrphanReport } from '../../src/protocol/sentinel.js';
import type { Notice } from '../../src/engine/state/values.js';

interface Notifying {
  notify(notice: Notice): Promise<null>;
}

const { notify } = proxyActivities<Notifying>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
  // A notice that is under way when the history is full is waited for: it is not sent again by the next run.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Notices under way at a time. */
const atOnce = 20;
/** After a notice that failed for good: no incident is given up. */
const afterFailure = '1m';

/** Calls someone for every orphan, once, until the history is full; what is not told then is told by the next run. */
export function raiseIncidents(
  roster: Roster,
  environment: string,
  full: () => boolean,
): { ended(): Promise<void> } {
  const scope = new CancellationScope();
  const untold = () => roster.orphans.filter(({ told }) => !told).slice(0, atOnce);
  const raise = async (orphan: OrphanReport) => {
    await notify(incidentOf(orphan, environment));
    roster.told(orphan.rollout);
  };
  const working = scope
    .run(async () => {
      for (;;) {
        await condition(() => full() || untold().length > 0);
        if (full()) return;
        const raised = await Promise.allSettled(untold().map(raise));
        if (raised.some(({ status }) => status === 'rejected')) await sleep(afterFailure);
      }
    })
    // Cut short: what was not told is still marked so.
    .catch(() => undefined);
  return {
    async ended() {
      scope.cancel();
      await working;
    },
  };
}

function incidentOf({ rollout, reason, percent }: OrphanReport, environment: string): Notice {
  const exposed =
    percent > 0 ? `up to ${percent} % still have the candidate` : 'nobody was given the candidate';
  return {
    rollout,
    urgency: 'incident',
    kind: 'orphan',
    text:
      `${rollout} in ${environment} is an orphan: its workflow was ended from outside (${reason}), so nobody takes back what it did. ` +
      `${exposed}. Its lock stays, and the sentinel keeps sampling its guards, until "switchback rescue ${rollout}" has rolled it back.`,
  };
}
