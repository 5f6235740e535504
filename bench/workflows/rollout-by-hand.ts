import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { actsOf, type Act, type Plan } from '../../src/engine/plan/plan.js';
import type { Verb, Verbs } from '../../src/engine/state/ports.js';

type Activities = { readonly [V in Verb]: (input: Verbs[V]['in']) => Promise<Verbs[V]['out']> } & {
  exportJournal(input: { rollout: string; events: readonly JournalEvent[] }): Promise<void>;
};

const common = {
  scheduleToCloseTimeout: '1h',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
} as const;
const { check, capture, apply } = proxyActivities<Activities>({ ...common, heartbeatTimeout: '5s' });
const { resolve, acquire, release, notify, exportJournal } = proxyActivities<Activities>({
  ...common,
  startToCloseTimeout: '1m',
});

/**
 * What somebody would write who needs the same effects once and no engine: every act is checked, then captured and
 * applied one after the other, under the lock of the plan's scope; the journal leaves once, at the end. It can do
 * nothing else.
 */
export async function rolloutByHand(plan: Plan, digest: string): Promise<void> {
  const rollout = workflowInfo().workflowId;
  const { owner, scope } = plan;
  const acts = actsOf(plan);
  const events: JournalEvent[] = [];
  const record = (type: JournalEvent['type'], { id, why }: Act) =>
    void events.push({ number: events.length + 1, at: Date.now(), type, reason: why, step: id });

  const { runId } = workflowInfo();
  const sender = { workflowId: rollout, runId, environment: 'bench', plan, digest };
  const things = await resolve({ scope });
  await acquire({ rollout, owner, scope, things, wait: true, ...sender });
  const keyOf = ({ id }: Act) => ({ rollout, step: id, epoch: 0 });
  for (const act of acts) await check({ act, key: keyOf(act) });
  for (const act of acts) {
    const key = keyOf(act);
    await capture({ act, key });
    record('act-started', act);
    await apply({ act, key });
    record('act-done', act);
  }
  await release({ rollout });
  await Promise.all([
    exportJournal({ rollout, events }),
    notify({ rollout, urgency: 'news', text: 'completed' }),
  ]);
}
