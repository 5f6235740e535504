import type { Look } from '../../src/engine/state/look.js';
import { unread, type Adapter } from '../../src/protocol/adapter.js';
import type { LookAt } from './exposure-watch.js';

/** Looks through the adapters that expose: each is asked once for everything that is its own. */
export function createLookAt(adapters: readonly Adapter[]): LookAt {
  return async (exposed, signal) => {
    const looks: (Look | undefined)[] = exposed.map((one) =>
      unread(one, Date.now(), 'no adapter of this worker can read it'),
    );
    await Promise.all(
      adapters.map(async (adapter) => {
        const own = [...exposed.entries()].filter(([, { action }]) =>
          action.kind.startsWith(`${adapter.name}.`),
        );
        if (own.length === 0 || !adapter.look) return;
        const asked = own.map(([, one]) => one);
        const found = await adapter
          .look(asked, signal)
          .catch((error: unknown) => asked.map((one) => unread(one, Date.now(), String(error))));
        for (const [at, [index]] of own.entries()) looks[index] = found[at];
      }),
    );
    return looks;
  };
}
