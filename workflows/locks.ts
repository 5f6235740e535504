import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import {
  locksNames,
  type LocksActivities,
  type LocksInput,
  type LocksRequest,
  type Release,
} from '../src/engine/lock-protocol.js';
import { ask, enter, release, type Asking, type LockTable } from '../src/engine/locks.js';
import type { Answer } from '../src/engine/messages.js';
import type { LockAnswer } from '../src/engine/ports.js';
import { openDecisions } from './locks/decisions.js';
import { openKeeper, type Keeper } from './locks/keeper.js';
import { createLooks } from './locks/looks.js';

const acquireUpdate = defineUpdate<LockAnswer[], [readonly Asking[]]>(locksNames.acquire);
const releaseSignal = defineSignal<[Release]>(locksNames.release);
const decideUpdate = defineUpdate<Answer, [LocksRequest]>(locksNames.decide);
const decideSignal = defineSignal<[LocksRequest]>(locksNames.decide);
const tableQuery = defineQuery<LockTable>(locksNames.table);

const { findHolders } = proxyActivities<LocksActivities>({
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
  // Cancelled or not: a scope of its own, also for the handlers, whose activities would be cancelled with the workflow.
  const carried = await CancellationScope.nonCancellable(() => keep(input));
  await CancellationScope.nonCancellable(() => continueAsNew<typeof locks>(carried));
}

/** Keeps the locks until the history is full; answers what the next run goes on from. */
async function keep(input: LocksInput): Promise<LocksInput> {
  const looks = createLooks(input, () => keeper);
  const keeper: Keeper = openKeeper(input, () => looks.soon());
  const decisions = openDecisions(keeper, looks, input.answers ?? []);
  let ready = input.table !== undefined;

  const acquire = async (all: readonly Asking[]): Promise<LockAnswer[]> => {
    await condition(() => ready);
    return all.map((asking) => {
      const { table, answer } = ask(keeper.table, asking, Date.now());
      keeper.change(table);
      if (answer.status === 'queued') looks.soon();
      return answer;
    });
  };
  setHandler(acquireUpdate, shielded(acquire));
  setHandler(releaseSignal, (given) => keeper.change(release(keeper.table, given, Date.now())));
  const decide = async (request: LocksRequest): Promise<Answer> => {
    // A stop waits for nothing.
    if (request.type === 'take-over') await condition(() => ready);
    return decisions.decide(request);
  };
  setHandler(decideUpdate, shielded(decide), { validator: checkShape });
  setHandler(decideSignal, async (request) => {
    if (shapeFault(request) === undefined) await shielded(decide)(request);
  });
  setHandler(tableQuery, () => keeper.table);
  showStops(keeper);

  if (!ready) {
    // They hold it already: a stop refuses starts, and must not make anybody forget who started before.
    for (const asking of await findHolders()) keeper.change(enter(keeper.table, asking, Date.now()));
    ready = true;
  }
  const { continueAfter = Number.POSITIVE_INFINITY } = input;
  const full = () => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= continueAfter;
  await looks.until(full);
  // What answers to this run would be lost to the next: nothing may be under way.
  await condition(() => allHandlersFinished() && keeper.idle);
  const { table, journalled } = keeper;
  return { ...input, table, journalled, answers: decisions.answers };
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

/** Shape only: who may is judged after authorisation, in the order of history. */
function checkShape(request: LocksRequest): void {
  const fault = shapeFault(request);
  if (fault !== undefined) throw new TypeError(fault);
}

function shapeFault(given: LocksRequest | undefined): string | undefined {
  const request = { ...given } as Partial<Record<string, unknown>>;
  const missing = (name: string) => typeof request[name] !== 'string' || request[name] === '';
  if (missing('id')) return 'a decision needs an id';
  if (missing('by')) return 'a decision needs the name of who decides';
  if (missing('reason')) return 'a decision needs a reason';
  if (!['stop', 'lift', 'take-over'].includes(request.type as string))
    return 'a decision is one of stop, lift, take-over';
  if (request.type === 'take-over' && missing('rollout')) return 'take-over names a rollout';
  if (request.exposure !== undefined && request.exposure !== 'zero') return 'exposure can only be zero';
  return undefined;
}
