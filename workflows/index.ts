/** Everything the workflow bundle holds. */
export { locks } from './locks.js';
export { rollout } from './rollout.js';
export { sentinel } from './sentinel.js';
