import { setMaxListeners } from 'node:events';
import { Context, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { sentinelNames, type RosterPage, type WatchInput } from '../../src/protocol/sentinel.js';
import type { Work } from '../../src/protocol/adapter.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import type { EvidenceStore } from '../records/evidence.js';
import { healthOf } from '../temporal/health.js';
import { resetSticky } from '../temporal/reset-sticky.js';
import { Alarm } from './alarm.js';
import type { AlreadyTold } from './already-told.js';
import { callWhile } from './call-while.js';
import type { Calls } from './calls.js';
import { EndedRollouts } from './ended-rollouts.js';
import { EndedSubscribers } from './ended-subscribers.js';
import { EnvironmentWatch } from './environment-watch.js';
import { evidenceDelivery } from './evidence-delivery.js';
import { EvidenceLog } from './evidence-log.js';
import { EvidenceWriter, type Unkept } from './evidence-writer.js';
import type { LookAt } from './exposure-watch.js';
import { interruptionOf, sayBlindToAll } from './last-words.js';
import { liveReadings } from './live.js';
import type { MeasuredSource } from './measured-source.js';
import { Outbox } from './outbox.js';
import type { WatchPost } from './post.js';
import { RaisedOrphans } from './raised-orphans.js';
import { revive } from './revive.js';
import { Standstill } from './standstill.js';
import { Untaken } from './untaken.js';

const showEvery = 500;
/** Milliseconds that a call to the server may take before it is tried again. */
const callWithin = 10_000;
/** Milliseconds that evidence may take to be written when the work is over. */
const parting = 1_000;

/** What the watching activity needs. */
export interface WatchDependencies {
  readonly client: Client;
  /** Where the sentinel's workflow runs. */
  readonly taskQueue: string;
  readonly source: (name: string) => MeasuredSource;
  readonly lookAt: LookAt;
  readonly evidence: EvidenceStore;
  /** Milliseconds without subscribers after which the activity ends. */
  readonly idleAfter: number;
  /** Milliseconds between looks for rollouts that ended without leaving. */
  readonly lookAroundEvery: number;
  /** Milliseconds that the store may refuse readings until none of them passes. */
  readonly unkeptAfter: number;
  /** Kept from one shift to the next. */
  readonly unkept: Unkept;
  /** Kept from one shift to the next. */
  readonly told: AlreadyTold;
  readonly calls: Calls;
  /** Where this process says whom it watches. */
  readonly post: WatchPost;
}

/** One attempt of the watching activity, from its first question to its end; throws only when it was cut short. */
export async function watchWith(
  dependencies: WatchDependencies,
  input: WatchInput,
  work: Work,
): Promise<void> {
  const { client, told, post } = dependencies;
  const context = Context.current();
  const signal = context.cancellationSignal;
  // Each call that is under way listens: there are as many as rollouts that breach in one moment.
  setMaxListeners(0, signal);
  const { runId } = context.info.workflowExecution ?? {};
  told.begin(input.shift, context.info.attempt);
  const { watch, writer, outbox, lookers } = watchersOf(dependencies, input, context);
  const { list } = watch;

  const leavePost = post.take(() => list.watches);
  // What it sees is its progress: everybody who describes the sentinel's workflow reads it there.
  const show = () => work.heartbeat(liveReadings(list.watches, Date.now()));
  const showing = setInterval(show, showEvery);
  try {
    if (context.info.attempt > 1) {
      const reset = callWhile(client, signal, () => resetSticky(client, input.sentinelId, runId), callWithin);
      await reset.catch(warned('the sentinel answers only after its last worker has been waited for'));
    }
    const looking = Promise.all(lookers.map((looker) => looker.run()));
    await watch.run();
    for (const looker of lookers) looker.stop();
    await Promise.race([
      Promise.all([writer.settled(), outbox.settled(), looking]),
      new Alarm(new AbortController().signal).wait(parting),
    ]);
  } finally {
    clearInterval(showing);
    leavePost();
    writer.stop();
  }
  await part(dependencies, input, context, list.watched);
  if (signal.aborted) await context.cancelled;
}

/** All that watches during one attempt, and what it works with. */
function watchersOf(
  { client, calls, evidence, unkept, told, lookAroundEvery: every, ...dependencies }: WatchDependencies,
  { environment, sentinelId }: WatchInput,
  { cancellationSignal: signal, info }: Context,
) {
  const sentinel = client.workflow.getHandle(sentinelId, info.workflowExecution?.runId);
  const within = <T>(call: () => Promise<T>, ms = callWithin) => callWhile(client, signal, call, ms);
  const health = (workflowId: string) => within(() => healthOf(client, workflowId));
  const drop = (subscriber: Watched) => watch.drop(subscriber);
  const wanted = (subscriber: Watched) => subscriber.orphan === undefined && watch.list.has(subscriber);
  const { found, gone } = new EndedSubscribers({ client, environment, sentinel, within, drop });

  const evidenceLog = new EvidenceLog(environment);
  const writer = new EvidenceWriter(evidence, unkept, warn, () => evidenceLog.forget());
  const untaken = new Untaken({ ...calls, health, wanted, signal, warn }, calls.untaken, calls.standing);
  const delivery = evidenceDelivery({ client, told, untaken, within, gone, wanted, warn });
  const outbox = new Outbox(delivery, signal);
  const watch: EnvironmentWatch = new EnvironmentWatch({
    ...dependencies,
    ask: (since) => within(() => sentinel.query<RosterPage, [number]>(sentinelNames.roster, since)),
    log: evidenceLog,
    writer,
    outbox,
    orphans: new RaisedOrphans({ ...calls, warn }),
    told,
    signal,
    warn,
  });
  const { list } = watch;
  const lookers = [
    new EndedRollouts({ client, environment, list, every, signal, within, found, warn }),
    new Standstill({ ...calls, list, every, signal, health, gone, warn }, calls.standing),
  ];
  return { watch, writer, outbox, lookers };
}

/** What an attempt says at its end, of which the sentinel's workflow may hear nothing. Never rejects. */
async function part(
  { client, taskQueue, told }: WatchDependencies,
  { environment, sentinelId, shift }: WatchInput,
  { cancellationSignal, cancellationDetails: details, info }: Context,
  watched: readonly Watched[],
): Promise<void> {
  const interruption = interruptionOf(details, sentinelId, info.activityId);
  if (interruption !== undefined) {
    const reason = `nobody watches ${environment}: ${interruption}`;
    const said = sayBlindToAll(client, watched, reason, callWithin);
    await said.catch(warned('not everybody heard that nobody watches'));
  }
  // Only then no other attempt can follow, which would tell more.
  if (!cancellationSignal.aborted || details?.cancelRequested === true) told.end(shift, watched);
  if (details?.notFound === true) {
    const revived = revive(client, { environment, taskQueue, runId: info.workflowExecution?.runId, watched });
    await revived.catch(warned('the sentinel was ended from outside, and could not be started again'));
  }
}

function warn(message: string, error: unknown): void {
  log.warn(message, { error: String(error) });
}

function warned(message: string): (error: unknown) => void {
  return (error) => warn(message, error);
}
