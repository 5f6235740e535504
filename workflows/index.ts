/** Everything the workflow bundle holds, and what becomes of it when a new build of the worker comes. */
import { setWorkflowOptions } from '@temporalio/workflow';
import { check } from './check/check.js';
import { locks } from './locks/locks.js';
import { rollout } from './rollout/rollout.js';
import { sentinel } from './sentinel/sentinel.js';
import { moving, pinned } from './sdk/versioning.js';

setWorkflowOptions(pinned, check);
setWorkflowOptions(pinned, rollout);
setWorkflowOptions(moving, sentinel);
setWorkflowOptions(moving, locks);

export { check, locks, rollout, sentinel };
