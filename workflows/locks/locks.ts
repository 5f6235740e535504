import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  upsertMemo,
} from '@temporalio/workflow';
import {
  locksId,
  locksNames,
  type LocksActivities,
  type LocksInput,
  type Asking,
  type LockTable,
} from '../../src/protocol/locks.js';
import { ask, claimOf, enter, release } from '../../src/environment/locks/table.js';
import { speaksFor } from '../../src/protocol/chain.js';
import type { Ignored } from '../../src/protocol/rollout.js';
import { doors } from '../../src/protocol/doors.js';
import { ignore, inWords, notFrom, takeIgnored, tellOfIgnored } from '../doors/ignored.js';
import { askAgain } from '../../src/protocol/decisions.js';
import { listen } from '../doors/listen.js';
import { untilClosed } from '../doors/closing.js';
import { refuseForeignStart } from '../doors/starts.js';
import { openDecisions } from './decisions.js';
import { openKeeper, type Keeper } from './keeper.js';
import { afterRepair, takeUp } from './repair.js';
import { lookForEndedHolders } from './ended-holders.js';
import type { LockAnswer } from '../../src/engine/state/values.js';
import { isFull, now } from '../sdk/turns.js';

const { findHolders, recollectLocks } = proxyActivities<LocksActivities>({
  // Each rollout that runs is asked, and those that are not in memory are replayed.
  startToCloseTimeout: '1h',
  // Nothing may start before it has answered: an attempt that is lost with its worker is missed soon.
  heartbeatTimeout: '5s',
  // Whoever asks waits for it: nothing may start while it is unknown who runs.
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

/**
 * The locks of an environment: who holds which targets, and who waits, in order of arrival. It never ends, also not
 * when it is cancelled: rollouts rely on what it has granted.
 */
export async function locks(input: LocksInput): Promise<void> {
  refuseForeignStart(input, locksId);
  // Cancelled or not: a scope of its own, also for the handlers, whose activities would be cancelled with the workflow.
  const carried = await CancellationScope.nonCancellable(() => keep(input));
  await CancellationScope.nonCancellable(() => continueAsNew<typeof locks>(carried));
}

/** Keeps the locks until the history is full; answers what the next run goes on from. */
async function keep(input: LocksInput): Promise<LocksInput> {
  const looks = lookForEndedHolders(input, () => keeper);
  const keeper: Keeper = openKeeper(input, () => looks.soon());
  let ready = input.table !== undefined;
  const decisions = openDecisions(keeper, looks, input, () => ready);

  const acquire = async (all: readonly Asking[]): Promise<LockAnswer[]> => {
    await condition(() => ready);
    return all.map((asking) => {
      const { table, answer } = ask(keeper.table, asking, now());
      keeper.change(table);
      if (answer.status === 'queued') looks.soon();
      return answer;
    });
  };
  listen(doors.locks, {
    refuses: () => (decisions.closing ? askAgain : undefined),
    updates: { acquire: shielded(acquire), decide: shielded(decisions.ask) },
    signals: {
      release(given) {
        if (!speaksFor(claimOf(keeper.table, given.rollout), given)) return ignore(notFrom(given));
        keeper.change(release(keeper.table, given, now()));
      },
      look: ({ rollout }) => looks.named(rollout),
      decide: decisions.tell,
    },
    queries: { table: () => keeper.table },
  });
  const tell = (ignored: Ignored) => keeper.record({ type: 'ignored', reason: inWords(ignored) });
  tellOfIgnored(tell);
  showStops(keeper);

  const recollected =
    input.repairs === undefined ? undefined : await recollectLocks({ runId: input.repairs });
  if (recollected?.table) await takeUp(recollected.table, keeper, looks);
  else if (!ready) {
    // They hold it already: a stop refuses starts, and must not make anybody forget who started before.
    for (const asking of await findHolders()) keeper.change(enter(keeper.table, asking, now()));
  }
  ready = true;
  if (recollected) afterRepair(recollected, keeper, decisions);
  await looks.until(() => isFull(input.continueAfter));
  const ignored = takeIgnored();
  if (ignored) tell(ignored);
  // What answers to this run would be lost to the next: nothing may be under way, and nothing new begins.
  const idle = () => decisions.idle && allHandlersFinished() && keeper.idle;
  await untilClosed(decisions, idle);
  const { table, journalled } = keeper;
  const { repairs: _done, toLookAt: _looked, ...settings } = input;
  const toLookAt = looks.left;
  return {
    ...settings,
    table,
    journalled,
    answers: decisions.answers,
    unheard: decisions.left(),
    ...(toLookAt.length > 0 && { toLookAt }),
  };
}

function shielded<A, R>(handle: (given: A) => Promise<R>): (given: A) => Promise<R> {
  return (given) => CancellationScope.nonCancellable(() => handle(given));
}

/** Says in the memo whether the environment is stopped: whoever starts a rollout reads it without a worker. */
function showStops(keeper: Keeper): void {
  void (async () => {
    for (let shown: LockTable['stopped']; ;) {
      await condition(() => keeper.table.stopped !== shown);
      shown = keeper.table.stopped;
      upsertMemo({ [locksNames.stopped]: shown ?? null });
    }
  })();
}
