/** The workflows of an older build: they do the same, and say which build they are. */
import { defineQuery, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { SentinelInput } from '../../../../src/protocol/sentinel.js';
import type { RolloutInput, RolloutResult } from '../../../../src/protocol/rollout.js';
import * as today from '../../../../workflows/index.js';
import { moving, pinned } from '../../../../workflows/sdk/versioning.js';

export { locks } from '../../../../workflows/index.js';

const build = defineQuery<string>('build');

export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  setHandler(build, () => 'old');
  return today.rollout(input);
}

export async function sentinel(input: SentinelInput): Promise<void> {
  setHandler(build, () => 'old');
  return today.sentinel(input);
}

setWorkflowOptions(pinned, rollout);
setWorkflowOptions(moving, sentinel);
