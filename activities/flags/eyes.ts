import type { Look } from '../../src/engine/state/look.js';
import { unread, type Adapter, type ExposedOf } from '../../src/protocol/adapter.js';
import { readExposed } from './input.js';
import type { LookedAt } from './look.js';
import type { StoreOptions } from './store.js';
import { StoreEye } from './store-eye.js';

/** What is asked of one store, with its places in the question. */
type Asked = { readonly place: number; readonly flag: LookedAt }[];

/** Looks at exposed flags: each store is read once for all of them. */
export function lookThrough(stores: {
  readonly [store: string]: StoreOptions;
}): NonNullable<Adapter['look']> {
  const names = Object.keys(stores);
  const eyes = new Map(Object.entries(stores).map(([name, options]) => [name, new StoreEye(name, options)]));

  return async (exposed) => {
    const looks: (Look | undefined)[] = exposed.map(() => undefined);
    const byStore = new Map<string, Asked>();
    for (const [place, one] of exposed.entries()) {
      const flag = flagOf(one, names);
      if ('verdict' in flag) {
        looks[place] = flag;
        continue;
      }
      const asked = byStore.get(flag.input.store) ?? [];
      asked.push({ place, flag });
      byStore.set(flag.input.store, asked);
    }
    const look = async ([store, asked]: readonly [string, Asked]) => {
      const found = await eyes.get(store)!.look(asked.map(({ flag }) => flag));
      for (const [at, { place }] of asked.entries()) looks[place] = found[at];
    };
    await Promise.all([...byStore].map(look));
    return looks;
  };
}

/** A store that this worker does not have cannot be read. */
function flagOf(exposed: ExposedOf, names: readonly string[]): LookedAt | Look {
  try {
    return { exposed, input: readExposed(exposed, names) };
  } catch (error) {
    return unread(exposed, Date.now(), String(error));
  }
}
