/** The workflows of a build with a defect: asked to, a rollout fails every task from then on. */
import { condition, defineUpdate, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { RolloutInput, RolloutResult } from '../../../../src/protocol/rollout.js';
import * as today from '../../../../workflows/index.js';
import { pinned } from '../../../../workflows/sdk/versioning.js';

export { locks, sentinel } from '../../../../workflows/index.js';

export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  let broken = false;
  // An update: what is no message of ours is ignored as a signal before any handler sees it.
  setHandler(defineUpdate('break'), () => void (broken = true));
  const defect = condition(() => broken).then((): never => {
    throw new Error('a defect of this build');
  });
  return Promise.race([today.rollout(input), defect]);
}

setWorkflowOptions(pinned, rollout);
