import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { pack } from '../../src/environment/sentinel/packed.js';
import { sentinelId, sentinelNames } from '../../src/protocol/sentinel.js';
import { startSentinel } from '../temporal/start-sentinel.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** How many are signalled at once. */
const atOnce = 100;

/** A sentinel whose workflow is not there any more, as its activity knew it. */
export interface Gone {
  readonly environment: string;
  readonly taskQueue: string;
  readonly runId: string | undefined;
  readonly watched: readonly Watched[];
}

/**
 * Starts a sentinel that was ended from outside again, with everybody it watched: nobody would tell them that they are
 * not watched any more, and they take silence for a guard that still passes. Does nothing when only an attempt was lost.
 */
export async function revive(client: Client, gone: Gone): Promise<void> {
  const { environment, taskQueue, watched } = gone;
  if (watched.length === 0) return;
  const { closeTime, runId } = await client.workflow.getHandle(sentinelId(environment)).describe();
  if (closeTime === undefined && runId === gone.runId) return;
  try {
    await client.workflow.start(sentinelNames.workflow, {
      ...startSentinel({ environment, watched: pack(watched) }, taskQueue),
      workflowIdConflictPolicy: 'FAIL',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await join(client, environment, watched);
  }
}

/** Somebody was faster, and brought only themselves. */
async function join(client: Client, environment: string, watched: readonly Watched[]): Promise<void> {
  const sentinel = client.workflow.getHandle(sentinelId(environment));
  for (let start = 0; start < watched.length; start += atOnce) {
    const batch = watched.slice(start, start + atOnce);
    await Promise.all(
      batch.map((subscriber) => sentinel.signal<[Watched]>(sentinelNames.subscribe, subscriber)),
    );
  }
}
