/** The same workflows for a drill environment, and the one that fails them on purpose. */
import { setWorkflowOptions } from '@temporalio/workflow';
import { become } from '../doors/kind.js';
import { drill } from '../drill/drill.js';
import { pinned } from '../sdk/versioning.js';

become('drill');

setWorkflowOptions(pinned, drill);

export * from '../index.js';
export { drill };
