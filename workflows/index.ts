/** Everything the workflow bundle holds. */
export { rollout } from './rollout.js';
export { sentinel } from './sentinel.js';
