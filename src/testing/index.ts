/** What authors need of this room for their tests; `drill` for all kinds stands in apps/testing. */
export { adapterContract, work, type ContractHarness, type ContractStage } from './contract.js';
export type { MemorySystem } from './memory/system.js';
