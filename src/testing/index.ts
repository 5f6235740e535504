/** What authors import for their tests, which vitest runs. */
export { adapterContract, work, type ContractHarness, type ContractStage } from './contract.js';
export { drill, type DrillOptions } from './drill.js';
export type { MemorySystem } from './memory/system.js';
