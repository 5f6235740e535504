import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { PackedSubscriptions, Subscriber } from '../../src/protocol/subscriptions.js';
import { Roster } from '../../src/environment/sentinel/roster.js';
import { sentinelId, type SentinelInput } from '../../src/protocol/sentinel.js';
import { doors } from '../../src/protocol/doors.js';
import { ignore, inWords, notFrom, tellOfIgnored } from '../doors/ignored.js';
import { listen } from '../doors/listen.js';
import { refuseForeignStart } from '../doors/starts.js';
import { openEnvironmentJournal } from '../journal/environment-journal.js';
import { sayBlindUntilTaken, tellBlind } from './blind.js';
import { raiseIncidents } from './incidents.js';
import { supervise } from './supervise.js';
import { buildAtWork, isFull } from '../sdk/turns.js';

interface Recollecting {
  recollectRoster(input: { readonly runId: string }): Promise<PackedSubscriptions>;
}

const { recollectRoster } = proxyActivities<Recollecting>({
  startToCloseTimeout: '5m',
  // Nobody is watched before it has answered: an attempt that is lost with its worker is missed soon.
  heartbeatTimeout: '5s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Keeps an activity that fails at once from filling the history. */
const afterLoss = 2_000;

/** Who has no room hears so, but so many at a time; the others hear nothing, and expose nobody either. */
const mostTold = 100;
const mostUnsent = 100;

/**
 * The one watcher of an environment: keeps who is watched, and keeps the activity alive that watches. It never ends by
 * itself; cancelled, it says `blind` to every subscriber first.
 */
export async function sentinel(input: SentinelInput): Promise<void> {
  refuseForeignStart(input, sentinelId);
  const { environment } = input;
  const { repairs } = input;
  // Signals that come meanwhile are newer, and wait: nothing takes them before somebody listens.
  const watched = repairs === undefined ? input.watched : await recollectRoster({ runId: repairs });
  const known = new Roster(watched, input.room);
  const journal = openEnvironmentJournal(sentinelId(environment), `the sentinel of ${environment}`, {
    length: input.journalled ?? 0,
    unsent: input.unsent ?? [],
  });
  const full = () => isFull(input.continueAfter);
  let untold = input.blind;
  /** What somebody could not be told: all hear it in the next run. */
  let missed: SentinelInput['blind'];
  let shift = input.shift ?? 0;
  let closing = false;
  let telling = 0;
  const heard = new Set<string>();
  const inBackground = (work: Promise<unknown>) => {
    telling += 1;
    void work.catch(() => undefined).then(() => (telling -= 1));
  };
  /** Tells whom the server refused to tell, beside everything else; the next run tells all when this one ends before. */
  const tellAgain = (subscriber: Pick<Subscriber, 'rollout' | 'workflowId' | 'number'>, reason: string) => {
    const left = () => known.among([subscriber.rollout]).living.length === 0;
    const again = async () => {
      const told = await sayBlindUntilTaken(subscriber, reason, () => closing || full() || left());
      // Evidence may have come before this late word: it is told anew.
      if (told) known.blind();
      else if (!left()) missed = { reason };
    };
    if (closing || telling >= mostTold) missed = { reason };
    else inBackground(again());
  };

  listen(doors.sentinel, {
    signals: {
      subscribe(subscriber) {
        const added = known.add(subscriber);
        if (added === 'foreign') return ignore(notFrom(subscriber));
        if (added !== 'full' || closing || telling >= mostTold) return;
        const reason = `the sentinel of ${environment} is full: it watches ${known.size} rollouts, and has no room for more`;
        inBackground(sayBlindUntilTaken(subscriber, reason, () => closing || full()));
      },
      unsubscribe(leaving) {
        if (known.remove(leaving) === 'foreign') ignore(notFrom(leaving));
      },
      orphan(found) {
        if (known.mark(found) === 'foreign') ignore(notFrom(found));
      },
      unwatched({ silence, reason }) {
        if (heard.has(silence)) return;
        heard.add(silence);
        known.blind();
        // At least one batch is told; what is left then is told by the next run, and so is all when this one ends.
        if (closing || telling >= mostTold) untold = { reason };
        else inBackground(tellBlind(known, { reason }, full, tellAgain).then((left) => (untold = left)));
      },
    },
    updates: {},
    queries: {
      roster: (since) => known.page(since),
      orphans: () => known.orphans,
      among: (rollouts) => known.among(rollouts),
    },
  });

  tellOfIgnored((ignored) => {
    // What watches must not grow because the records cannot be written; the worker's log has it in any case.
    if (journal.unsent.length < mostUnsent) journal.record({ type: 'ignored', reason: inWords(ignored) });
  });

  const incidents = raiseIncidents(known, environment, full);
  try {
    for (;;) {
      if (untold !== undefined) untold = await tellBlind(known, untold, full, tellAgain);
      await condition(() => known.size > 0 || full());
      if (full()) break;
      shift += 1;
      const begunBy = buildAtWork();
      // What watches has to know what the newest rollouts ask for: it moves with the workflow.
      const lost = await supervise(input, shift, () => full() || buildAtWork() !== begunBy);
      if (lost === undefined) continue;
      shift += 1;
      untold = { reason: `nobody watches ${environment}: ${lost}` };
      untold = await tellBlind(known, untold, full, tellAgain);
      if (!full()) await sleep(afterLoss);
    }
    closing = true;
    await incidents.ended();
    await condition(() => telling === 0);
  } catch (error) {
    if (isCancellation(error)) {
      const reason = `the sentinel of ${environment} was cancelled: start it again by subscribing`;
      await CancellationScope.nonCancellable(() =>
        tellBlind(
          known,
          { reason },
          () => false,
          () => undefined,
        ),
      );
    }
    throw error;
  }
  const { watched: _, blind: __, repairs: ___, ...settings } = input;
  const { length: journalled, unsent } = journal;
  const left = missed ?? untold;
  const blind = left === undefined ? {} : { blind: left };
  const carried = { ...settings, shift, watched: known.carry(), journalled, unsent, ...blind };
  await continueAsNew<typeof sentinel>(carried);
}
