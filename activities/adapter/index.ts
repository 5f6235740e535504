/** What authors of adapters import. */
export type { Adapter, Work } from '../../src/protocol/adapter.js';
export { booksInMemory, type BookStore } from './book-store.js';
export { openAdapter, type OpenOptions } from './adapter.js';
export {
  defineAdapter,
  type ActionDefinition,
  type AdapterDefinition,
  type DefinedAdapter,
  type EffectPlace,
  type Place,
} from './define.js';
