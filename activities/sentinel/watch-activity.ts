import { Context, log } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  sentinelNames,
  type EvidenceSignal,
  type Leaving,
  type Roster,
  type Subscriber,
  type WatchInput,
} from '../../src/analysis/sentinel.js';
import { EnvironmentWatch } from './environment-watch.js';
import { EvidenceWriter } from './evidence-writer.js';
import { liveReadings } from './live.js';
import type { MeasuredSource } from './measured-source.js';
import { Outbox } from './outbox.js';
import { Alarm } from './pause.js';
import type { EvidenceStore } from '../records/evidence.js';

const heartbeatEvery = 1_000;
/** Milliseconds that a call to the server may take before it is tried again. */
const callWithin = 5_000;
/** Milliseconds that evidence may take to be written when the work is over. */
const parting = 1_000;

/** What the watching activity needs. */
export interface WatchDependencies {
  readonly client: Client;
  readonly source: (name: string) => MeasuredSource;
  readonly evidence: EvidenceStore;
  /** Milliseconds without subscribers after which the activity ends. */
  readonly idleAfter: number;
}

/** One attempt of the watching activity, from its first question to its end; throws only when it was cut short. */
export async function watchWith(dependencies: WatchDependencies, input: WatchInput): Promise<void> {
  const { client, source, evidence, idleAfter } = dependencies;
  const context = Context.current();
  const signal = context.cancellationSignal;
  const sentinel = client.workflow.getHandle(input.sentinelId, context.info.workflowExecution?.runId);
  const within = <T>(call: () => Promise<T>) => callWhile(client, signal, call);
  const warn = (message: string, error: unknown) => log.warn(message, { error: String(error) });

  const leave = (leaving: Leaving) =>
    within(() => sentinel.signal<[Leaving]>(sentinelNames.unsubscribe, leaving));
  const writer = new EvidenceWriter(evidence, warn);
  const outbox = new Outbox(
    {
      send: (subscriber, message) => within(() => sendEvidence(client, subscriber, message)),
      gone: async (subscriber) => {
        await leave({ rollout: subscriber.rollout, runId: subscriber.runId });
        watch.drop(subscriber);
      },
      wanted: (subscriber) => watch.has(subscriber),
      warn,
    },
    signal,
  );
  const ask = (since: number) =>
    within(() => sentinel.query<Roster, [number]>(sentinelNames.subscriptions, since));
  const watch = new EnvironmentWatch({ ask, source, writer, outbox, idleAfter, signal, warn });

  // On a timer of its own: a heartbeat for each sample would come too late whenever an interval is long.
  const heartbeat = setInterval(
    () => context.heartbeat(liveReadings(watch.rollouts, Date.now())),
    heartbeatEvery,
  );
  try {
    await watch.run();
    await Promise.race([
      Promise.all([writer.settled(), outbox.settled()]),
      new Alarm(new AbortController().signal).wait(parting),
    ]);
  } finally {
    clearInterval(heartbeat);
  }
  if (signal.aborted) await context.cancelled;
}

/**
 * A call to the server with a deadline, cut short when the work ends: a query waits as long as it may when its worker
 * has stopped. The signal of a call is its own, because the client leaves a listener on it for ever.
 */
async function callWhile<T>(client: Client, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const cut = new AbortController();
  const abort = () => cut.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await client.withAbortSignal(cut.signal, () => client.withDeadline(Date.now() + callWithin, call));
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function sendEvidence(
  client: Client,
  { workflowId, runId }: Subscriber,
  message: EvidenceSignal,
): Promise<'sent' | 'gone'> {
  try {
    await client.workflow
      .getHandle(workflowId, runId)
      .signal<[EvidenceSignal]>(sentinelNames.evidence, message);
    return 'sent';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone';
    throw error;
  }
}
