import { createFlagsAdapter } from '../../../activities/flags/adapter.js';
import { createPostgresAdapter, type PostgresAdapter } from '../../../activities/postgres/adapter.js';
import type { Mutant } from '../../../src/drill/mutants.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import type { Adapter } from '../../../src/protocol/adapter.js';
import type { Targets } from '../../../src/testing/targets.js';
import type { DatabaseCopy } from './databases.js';
import type { FlagFiles } from './flags.js';
import { spoilt, type Left } from './spoilt.js';
import type { BegunSystem } from './systems.js';
import { capturesInMemory, targetsOver } from './targets.js';

/** What one point is drilled on. */
export interface WorldParts {
  readonly databases: readonly DatabaseCopy[];
  readonly flags: FlagFiles;
  readonly systems: readonly BegunSystem[];
  /** A way back that does not do what it says. */
  readonly mutant: Mutant | undefined;
}

/** The real targets of one point: adapters, clients who write, and what has to be so afterwards. */
export class LocalWorld {
  readonly #parts: WorldParts;
  readonly #captures = capturesInMemory();
  readonly #left: Left = {};
  /** Ways back that were gone, to be gone once more. */
  readonly #waysBack: (() => Promise<unknown>)[] = [];
  #postgres: PostgresAdapter | undefined;
  #verbs: Targets;
  #candidateServed = false;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.#verbs = this.#open();
  }

  /** What a rollout is carried out on. */
  get targets(): Targets {
    const verbs = () => this.#verbs;
    return {
      resolve: (input) => verbs().resolve(input),
      check: (input) => verbs().check(input),
      capture: (input) => verbs().capture(input),
      apply: async (input) => {
        await this.#beforeApply(input.act);
        return verbs().apply(input);
      },
      undo: (input) => this.#goBack(() => verbs().undo(input)),
      restore: (input) => this.#goBack(() => verbs().restore(input)),
      observe: (input) => verbs().observe(input),
      fence: (input) => verbs().fence(input),
      verify: (input) => verbs().verify(input),
      crash: () => this.#replaceWorker(),
    };
  }

  /** What is not as before, but for what clients wrote, a sentence each; empty when everything came back. */
  async differences(): Promise<string[]> {
    await this.#clientsWrite();
    const { databases, flags, systems } = this.#parts;
    const found = await Promise.all([
      ...databases.map((database) => database.differences()),
      flags.differences(),
      ...systems.map((system) => system.differences()),
    ]);
    return found.flat();
  }

  /** Goes every way back once more, in the same order: that must change nothing. */
  async goBackAgain(): Promise<void> {
    for (const wayBack of this.#waysBack) await wayBack();
  }

  async close(): Promise<void> {
    await this.#postgres?.close();
    await Promise.all(this.#parts.databases.map((database) => database.drop()));
    await Promise.all(this.#parts.systems.map((system) => system.end()));
  }

  #open(): Targets {
    const { databases, flags, systems, mutant } = this.#parts;
    const urls = databases.map(({ name, url }) => [name, { url }] as const);
    this.#postgres = createPostgresAdapter({ environment: 'drill', databases: Object.fromEntries(urls) });
    const own = systems.map((system) => system.adapter());
    const all: readonly Adapter[] = [this.#postgres, createFlagsAdapter({ stores: flags.stores }), ...own];
    const adapters = mutant ? all.map((adapter) => spoilt(adapter, mutant, this.#left)) : all;
    return targetsOver(adapters, this.#captures);
  }

  /** The next worker knows of the one before what stands in the records and in the targets, and nothing else. */
  async #replaceWorker(): Promise<void> {
    await this.#postgres?.close();
    this.#verbs = this.#open();
  }

  async #beforeApply({ removesFromBaseline, undo, exposure }: Act): Promise<void> {
    // Whoever knows the old shape alone can write no more once that is out of sight.
    if (removesFromBaseline || undo.type === 'irreversible') await this.#clientsWrite();
    if (exposure) this.#candidateServed = true;
  }

  async #goBack<T>(wayBack: () => Promise<T>): Promise<T> {
    await this.#clientsWrite();
    const found = await wayBack();
    this.#waysBack.push(wayBack);
    return found;
  }

  async #clientsWrite(): Promise<void> {
    for (const database of this.#parts.databases) await database.write(this.#candidateServed);
  }
}
