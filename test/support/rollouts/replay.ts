import type { Client } from '@temporalio/client';
import type { Kind } from '../../../src/protocol/kind.js';
import { bundledFor } from '../bundle.js';
import { replayHistory } from './replay-history.js';
import { runsOf } from './runs.js';

/** Runs the histories of all of a workflow's runs through today's code. Throws when it would decide otherwise. */
export async function replay(temporal: Client, workflowId: string, kind: Kind = 'local'): Promise<void> {
  for (const history of await runsOf(temporal, workflowId))
    await replayHistory(await bundledFor(kind), history, workflowId);
}
