/** The workflows of a build whose locks leave a history behind that no other build can replay: it begins with a timer. */
import { setWorkflowOptions, sleep } from '@temporalio/workflow';
import type { LocksInput } from '../../../../src/protocol/locks.js';
import * as today from '../../../../workflows/index.js';
import { moving } from '../../../../workflows/sdk/versioning.js';

export { rollout, sentinel } from '../../../../workflows/index.js';

export async function locks(input: LocksInput): Promise<void> {
  await sleep(1);
  return today.locks(input);
}

setWorkflowOptions(moving, locks);
