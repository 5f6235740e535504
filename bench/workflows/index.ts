/** What the benchmarks' workers run: the real workflows, and what they are compared with. */
export * from '../../workflows/index.js';
export { rolloutByHand } from './rollout-by-hand.js';
export { gatesByHand } from './gates-by-hand.js';
