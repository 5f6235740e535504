import { z } from 'zod';
import { rolloutId } from '../client/rollout-id.js';
import { rolloutKey, runbookName } from '../client/http/wire/common.js';
import type { Door } from './door.js';

/** The path of a rollout's own addresses; the environment is the door's. */
export const rolloutPath = '/v1/rollouts/{runbook}/{key}';

export const rolloutParams = z.object({ runbook: runbookName, key: rolloutKey });

/** The whole id of the rollout that a path names. */
export function idOf(
  { environment }: Pick<Door, 'environment'>,
  { runbook, key }: z.output<typeof rolloutParams>,
): string {
  return rolloutId({ environment, runbook, key });
}
