/** What authors import for their tests, which vitest runs. */
export {
  adapterContract,
  work,
  type ContractHarness,
  type ContractStage,
  type MemorySystem,
} from '../../src/testing/index.js';
export { drill, type DrillOptions } from './drill.js';
export type {
  LocalDatabase,
  LocalSystem,
  LocalSystemInstance,
  LocalTargets,
  Write,
} from './local/options.js';
