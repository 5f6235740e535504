import { openAdapter } from '../../../activities/adapter/adapter.js';
import { booksInMemory } from '../../../activities/adapter/book-store.js';
import { canonicalJson, type Json } from '../../../src/engine/base/json.js';
import { actsOf, type Plan } from '../../../src/engine/plan/plan.js';
import type { Adapter, Work } from '../../../src/protocol/adapter.js';
import type { LocalSystem } from './options.js';

/** A team's own system for one point. */
export interface BegunSystem {
  /** Another worker's adapter: the same system and books, nothing else remembered. */
  adapter(): Adapter;
  /** What is not as it was at the beginning, a sentence each. */
  differences(): Promise<string[]>;
  end(): Promise<void>;
}

/** Begins a fresh one. */
export async function beginSystem(
  plan: Plan,
  { adapter: definition, begin }: LocalSystem,
): Promise<BegunSystem> {
  const instance = await begin();
  const books = booksInMemory();
  const adapter = () => openAdapter(definition, { settings: instance.settings, books });
  const look = instance.look ? () => instance.look!() : () => readAll(plan, adapter());
  const before = canonicalJson(await look());
  return {
    adapter,
    async differences() {
      const now = canonicalJson(await look());
      return now === before ? [] : [`${definition.name} was ${before}, and is ${now}`];
    },
    end: async () => instance.end?.(),
  };
}

async function readAll(plan: Plan, adapter: Adapter): Promise<Json> {
  const work: Work = { signal: new AbortController().signal, heartbeat: () => undefined };
  const acts = actsOf(plan).filter(({ do: { kind } }) => kind.split('.')[0] === adapter.name);
  const states = await Promise.all(
    acts.map(async (act) => [act.target, await adapter.read(act, work)] as const),
  );
  return Object.fromEntries(states);
}
