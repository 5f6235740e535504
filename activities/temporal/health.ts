import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';

/** How a workflow stands, as the server knows it: needs no worker. Times in milliseconds since the epoch. */
export type Health =
  | { readonly state: 'absent' }
  | { readonly state: 'ended'; readonly runId: string; readonly how: string }
  | { readonly state: 'paused'; readonly runId: string }
  /** Every try of its workflow task fails: it decides nothing any more, and answers nobody. */
  | {
      readonly state: 'broken';
      readonly runId: string;
      readonly since: number;
      readonly tries: number;
      /** Whether its history does not replay; else its code throws. */
      readonly because: 'history' | 'code';
      readonly message: string;
    }
  /** It has something to do that no worker has taken yet. */
  | { readonly state: 'waiting'; readonly runId: string; readonly since: number }
  | { readonly state: 'well'; readonly runId: string };

/** A try may fail once by bad luck, or on purpose: to be given again. */
const fewestTries = 3;
/** How far back the failure of a task is looked for: the signals that came after it stand in between. */
const eventsLookedThrough = 200;

/** Looks how a workflow stands. Throws what Temporal's client throws, but for one that does not exist. */
export async function healthOf(client: Client, workflowId: string): Promise<Health> {
  try {
    return await stateOf(client, await client.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { state: 'absent' };
    throw error;
  }
}

async function stateOf(client: Client, found: WorkflowExecutionDescription): Promise<Health> {
  const { runId, workflowId, closeTime, status } = found;
  const task = found.raw.pendingWorkflowTask;
  if (closeTime !== undefined) return { state: 'ended', runId, how: status.name.toLowerCase() };
  if (status.name === 'PAUSED') return { state: 'paused', runId };
  if (!task) return { state: 'well', runId };
  const tries = (task.attempt ?? 1) - 1;
  const failure = tries + 1 >= fewestTries ? await failureOf(client, workflowId, runId) : undefined;
  if (failure) return { state: 'broken', runId, tries, ...failure };
  const since = millisecondsOf(task.originalScheduledTime ?? task.scheduledTime);
  return task.startedTime ? { state: 'well', runId } : { state: 'waiting', runId, since };
}

type Failure = Pick<Extract<Health, { state: 'broken' }>, 'since' | 'because' | 'message'>;

/** The first failure since the last task that went well; none when tasks were only given up by the clock. */
async function failureOf(client: Client, workflowId: string, runId: string): Promise<Failure | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: eventsLookedThrough,
  });
  for (const { eventTime, ...event } of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes) return undefined;
    const failed = event.workflowTaskFailedEventAttributes;
    if (!failed) continue;
    const message = failed.failure?.message ?? '';
    return { since: millisecondsOf(eventTime), because: causeOf(failed.cause, message), message };
  }
  return undefined;
}

/** Of Temporal's enum; newer servers name workers' failures more finely than the SDK does. */
const nonDeterministic = 24;

function causeOf(cause: unknown, message: string): Failure['because'] {
  return cause === nonDeterministic || message.includes('TMPRL1100') ? 'history' : 'code';
}

function millisecondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
