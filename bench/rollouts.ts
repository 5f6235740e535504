import type { Client, WorkflowHandle } from '@temporalio/client';
import { startOptions } from '../apps/client/start-options.js';
import { rolloutId } from '../apps/client/rollout-id.js';
import { rolloutType } from '../src/protocol/rollout.js';
import { environment, type Digested } from './plans.js';

/** Starts a rollout as `switchback start` does. */
export function startRollout(
  client: Client,
  key: string,
  { plan, digest }: Digested,
): Promise<WorkflowHandle> {
  const id = idOf(key);
  const input = { format: 1, plan, digest, environment, startedBy: 'bench' } as const;
  return client.workflow.start(rolloutType, startOptions(id, input));
}

/** The id of the rollout with this key. */
export function idOf(key: string): string {
  return rolloutId({ environment, runbook: 'bench', key });
}
