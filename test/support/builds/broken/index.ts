/** The workflows of a build with a defect: asked to, a rollout fails every task from then on. */
import { condition, defineSignal, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { RolloutInput, RolloutResult } from '../../../../workflows/protocol.js';
import * as today from '../../../../workflows/index.js';
import { pinned } from '../../../../workflows/versioning.js';

export { locks, sentinel } from '../../../../workflows/index.js';

export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  let broken = false;
  setHandler(defineSignal('break'), () => void (broken = true));
  const defect = condition(() => broken).then((): never => {
    throw new Error('a defect of this build');
  });
  return Promise.race([today.rollout(input), defect]);
}

setWorkflowOptions(pinned, rollout);
