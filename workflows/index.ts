/** Everything the workflow bundle holds, and what becomes of it when a new build of the worker comes. */
import { setWorkflowOptions } from '@temporalio/workflow';
import { locks } from './locks.js';
import { rollout } from './rollout.js';
import { sentinel } from './sentinel.js';
import { moving, pinned } from './versioning.js';

setWorkflowOptions(pinned, rollout);
setWorkflowOptions(moving, sentinel);
setWorkflowOptions(moving, locks);

export { locks, rollout, sentinel };
