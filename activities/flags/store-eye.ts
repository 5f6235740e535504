import { setTimeout as sleep } from 'node:timers/promises';
import type { Look } from '../../src/engine/state/look.js';
import { unread } from '../../src/protocol/adapter.js';
import { lookAtStore, type LookedAt } from './look.js';
import type { StoreOptions } from './store.js';

/** Milliseconds after which a store that does not answer counts as not read. */
const answersWithin = 2_000;

/** Looks at one store, never twice at a time: a file system that hangs must not take the threads of the worker with it. */
export class StoreEye {
  #underWay: Promise<unknown> | undefined;
  readonly #name: string;
  readonly #options: StoreOptions;

  constructor(name: string, options: StoreOptions) {
    this.#name = name;
    this.#options = options;
  }

  async look(flags: readonly LookedAt[]): Promise<readonly (Look | undefined)[]> {
    const none = (reason: string) => flags.map(({ exposed }) => unread(exposed, Date.now(), reason));
    const hangs = `${this.#options.file} has not been read for ${answersWithin / 1_000} s`;
    if (this.#underWay) return none(hangs);
    const looking = lookAtStore(this.#name, this.#options, flags).catch((error: unknown) =>
      none(error instanceof Error ? error.message : String(error)),
    );
    this.#underWay = looking.finally(() => (this.#underWay = undefined));
    const late = new AbortController();
    const answer = await Promise.race([
      looking,
      sleep(answersWithin, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    return answer ?? none(hangs);
  }
}
