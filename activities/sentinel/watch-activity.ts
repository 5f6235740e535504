import { setMaxListeners } from 'node:events';
import { Context, log } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  sentinelNames,
  type EvidenceSignal,
  type Leaving,
  type OrphanSignal,
  type RosterPage,
  type Watched,
  type WatchInput,
} from '../../src/analysis/sentinel.js';
import { endingsOf } from '../locks/endings.js';
import { EnvironmentWatch } from './environment-watch.js';
import { EvidenceLog } from './evidence-log.js';
import { EvidenceWriter, type Unkept } from './evidence-writer.js';
import { liveReadings } from './live.js';
import { LookAround } from './look-around.js';
import type { Ending } from '../../src/engine/lock-protocol.js';
import type { MeasuredSource } from './measured-source.js';
import { Outbox } from './outbox.js';
import { Alarm } from './pause.js';
import { revive } from './revive.js';
import type { Told } from './told.js';
import { unstick } from './unstick.js';
import type { EvidenceStore } from '../records/evidence.js';

const heartbeatEvery = 500;
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
  readonly told: Told;
}

/** One attempt of the watching activity, from its first question to its end; throws only when it was cut short. */
export async function watchWith(dependencies: WatchDependencies, input: WatchInput): Promise<void> {
  const { client, taskQueue, source, evidence, idleAfter, lookAroundEvery, unkeptAfter, unkept, told } =
    dependencies;
  const context = Context.current();
  const signal = context.cancellationSignal;
  // Each call that is under way listens: there are as many as rollouts that breach in one moment.
  setMaxListeners(0, signal);
  const { runId } = context.info.workflowExecution ?? {};
  const sentinel = client.workflow.getHandle(input.sentinelId, runId);
  const within = <T>(call: () => Promise<T>, ms = callWithin) => callWhile(client, signal, call, ms);
  const warn = (message: string, error: unknown) => log.warn(message, { error: String(error) });

  told.begin(input.shift, context.info.attempt);
  const leave = (leaving: Leaving) =>
    within(() => sentinel.signal<[Leaving]>(sentinelNames.unsubscribe, leaving));
  const mark = (orphan: OrphanSignal) =>
    within(() => sentinel.signal<[OrphanSignal]>(sentinelNames.orphan, orphan));
  const found = async (subscriber: Watched, ending: Ending) => {
    const { rollout, number, since } = subscriber;
    const as = { number, since };
    if (ending.ended === 'by-itself') {
      await leave({ rollout, as });
      watch.drop(subscriber);
      return;
    }
    const at = Date.now();
    await mark(
      ending.ended === 'from-outside' ? { rollout, as, at, reason: ending.reason } : { rollout, as, at },
    );
  };

  const evidenceLog = new EvidenceLog(input.environment);
  const writer = new EvidenceWriter(evidence, unkept, warn, () => evidenceLog.forget());
  const outbox = new Outbox(
    {
      async send(subscriber, message) {
        // Until the answer is there, nobody knows what the rollout knows.
        told.forget(subscriber);
        const result = await within(() => sendEvidence(client, subscriber, message));
        if (result === 'sent') told.keep(subscriber, message);
        return result;
      },
      gone: async (subscriber) => {
        const [ending] = await within(() => endingsOf(client, [subscriber.workflowId]));
        if (ending === undefined || ending.ended === 'open')
          throw new Error('its workflow was not found, but runs');
        await found(subscriber, ending);
      },
      wanted: (subscriber) => subscriber.orphan === undefined && watch.list.has(subscriber),
      warn,
    },
    signal,
  );
  const ask = (since: number) =>
    within(() => sentinel.query<RosterPage, [number]>(sentinelNames.roster, since));
  const watch = new EnvironmentWatch({
    ask,
    source,
    log: evidenceLog,
    writer,
    outbox,
    told,
    idleAfter,
    unkeptAfter,
    signal,
    warn,
  });
  const { environment } = input;
  const { list } = watch;
  const around = new LookAround({
    client,
    environment,
    list,
    every: lookAroundEvery,
    signal,
    within,
    found,
    warn,
  });

  // On a timer of its own: a heartbeat for each sample would come too late whenever an interval is long.
  const heartbeat = setInterval(
    () => context.heartbeat(liveReadings(list.watches, Date.now())),
    heartbeatEvery,
  );
  try {
    if (context.info.attempt > 1) {
      await within(() => unstick(client, input.sentinelId, runId)).catch((error: unknown) =>
        warn('the sentinel answers only after its last worker has been waited for', error),
      );
    }
    const looking = around.run();
    await watch.run();
    around.stop();
    await Promise.race([
      Promise.all([writer.settled(), outbox.settled(), looking]),
      new Alarm(new AbortController().signal).wait(parting),
    ]);
  } finally {
    clearInterval(heartbeat);
    writer.stop();
  }
  // Only then no other attempt can follow, which would tell more.
  if (!signal.aborted || context.cancellationDetails?.cancelRequested === true)
    told.end(input.shift, list.watched);
  if (context.cancellationDetails?.notFound === true) {
    await revive(client, { environment, taskQueue, runId, watched: list.watched }).catch((error: unknown) =>
      warn('the sentinel was ended from outside, and could not be started again', error),
    );
  }
  if (signal.aborted) await context.cancelled;
}

/**
 * A call to the server with a deadline, cut short when the work ends: a query waits as long as it may when its worker
 * has stopped. The signal of a call is its own, because the client leaves a listener on it for ever.
 */
async function callWhile<T>(
  client: Client,
  signal: AbortSignal,
  call: () => Promise<T>,
  ms: number,
): Promise<T> {
  signal.throwIfAborted();
  const cut = new AbortController();
  const abort = () => cut.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await client.withAbortSignal(cut.signal, () => client.withDeadline(Date.now() + ms, call));
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function sendEvidence(
  client: Client,
  { workflowId }: Watched,
  message: EvidenceSignal,
): Promise<'sent' | 'gone'> {
  try {
    // By its id alone: the run may have continued as new, and the number says for which subscription this is.
    await client.workflow.getHandle(workflowId).signal<[EvidenceSignal]>(sentinelNames.evidence, message);
    return 'sent';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}
