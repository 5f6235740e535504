import {
  ActivityCancellationType,
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  sentinelNames,
  type BlindSignal,
  type Leaving,
  type Roster,
  type SentinelInput,
  type Subscriber,
  type WatchInput,
} from '../src/analysis/sentinel.js';
import { buildAtWork } from './versioning.js';

interface Watching {
  watchEnvironment(input: WatchInput): Promise<void>;
}

const subscribe = defineSignal<[Subscriber]>(sentinelNames.subscribe);
const unsubscribe = defineSignal<[Leaving]>(sentinelNames.unsubscribe);
const subscriptions = defineQuery<Roster, [number]>(sentinelNames.subscriptions);
const blind = defineSignal<[BlindSignal]>(sentinelNames.blind);

const defaultBlindAfter = 30_000;
/** Keeps an activity that fails at once from filling the history. */
const afterLoss = 2_000;
/** The server allows 2,000 signals to other workflows in flight. */
const signalsAtOnce = 500;

/**
 * The one watcher of an environment: keeps who is watched, and keeps the activity alive that watches. It never ends by
 * itself; cancelled, it says `blind` to every subscriber first.
 */
export async function sentinel(input: SentinelInput): Promise<void> {
  const subscribers = new Map((input.subscribers ?? []).map((known) => [known.rollout, known]));
  let version = input.version ?? 0;

  setHandler(subscribe, (subscriber) => {
    const known = subscribers.get(subscriber.rollout);
    // A repeated or late signal of the same run changes nothing; another run's numbers begin anew.
    if (known?.runId === subscriber.runId && known.number >= subscriber.number) return;
    subscribers.set(subscriber.rollout, subscriber);
    version += 1;
  });
  setHandler(unsubscribe, ({ rollout, runId }) => {
    if (runId !== undefined && subscribers.get(rollout)?.runId !== runId) return;
    if (subscribers.delete(rollout)) version += 1;
  });
  setHandler(subscriptions, (since) =>
    since === version ? { version } : { version, subscriptions: [...subscribers.values()] },
  );

  const { watchEnvironment } = proxyActivities<Watching>({
    // The activity lives as long as there are subscribers. Its heartbeat tells whether it does.
    startToCloseTimeout: '3650 days',
    heartbeatTimeout: '5s',
    // Not retried by the server: a worker that is missing for so long is told to the subscribers below.
    scheduleToStartTimeout: input.blindAfter ?? defaultBlindAfter,
    retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: `watches ${input.environment}`,
  });
  const watch = () =>
    watchEnvironment({ environment: input.environment, sentinelId: workflowInfo().workflowId });
  const full = () => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= limit;
  const limit = input.continueAfter ?? Number.POSITIVE_INFINITY;
  const tell = async (reason: string) => {
    for (const gone of await tellBlind([...subscribers.values()], reason)) {
      if (subscribers.get(gone.rollout) === gone && subscribers.delete(gone.rollout)) version += 1;
    }
  };

  try {
    for (;;) {
      await condition(() => subscribers.size > 0 || full());
      if (full()) break;
      const begunBy = buildAtWork();
      // What watches has to know what the newest rollouts ask for: it moves with the workflow.
      const lost = await supervise(watch, () => full() || buildAtWork() !== begunBy);
      if (lost === undefined) continue;
      await tell(`nobody watches ${input.environment}: ${lost}`);
      await sleep(afterLoss);
    }
    await condition(allHandlersFinished);
  } catch (error) {
    if (isCancellation(error)) {
      const reason = `the sentinel of ${input.environment} was cancelled: start it again by subscribing`;
      await CancellationScope.nonCancellable(() => tell(reason));
    }
    throw error;
  }
  await continueAsNew<typeof sentinel>({ ...input, subscribers: [...subscribers.values()], version });
}

/**
 * Runs the activity until it ends, or until it is to end: then it is cancelled and waited for, so that nothing is in
 * flight when the next run or another build begins. Answers why it was lost, if it was.
 */
async function supervise(watch: () => Promise<void>, over: () => boolean): Promise<string | undefined> {
  const scope = new CancellationScope();
  let ended = false;
  const outcome = scope.run(watch).then(
    () => undefined,
    (error: unknown) => error,
  );
  void outcome.then(() => (ended = true));
  await condition(() => ended || over());
  if (!ended) scope.cancel();
  const error = await outcome;
  if (error === undefined || over()) return undefined;
  if (isCancellation(error)) throw error;
  return rootMessage(error);
}

/** Tells every subscriber that it is not watched; answers those whose run has ended. */
async function tellBlind(subscribers: readonly Subscriber[], reason: string): Promise<Subscriber[]> {
  const gone: Subscriber[] = [];
  for (let start = 0; start < subscribers.length; start += signalsAtOnce) {
    const batch = subscribers.slice(start, start + signalsAtOnce).map(async (subscriber) => {
      const { workflowId, runId, number } = subscriber;
      try {
        await getExternalWorkflowHandle(workflowId, runId).signal(blind, { subscription: number, reason });
      } catch (error) {
        if (isCancellation(error)) throw error;
        log.info('a subscriber is gone', { workflowId, runId });
        gone.push(subscriber);
      }
    });
    await Promise.all(batch);
  }
  return gone;
}

function rootMessage(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause !== undefined) return error.cause.message;
  return error instanceof Error ? error.message : String(error);
}
