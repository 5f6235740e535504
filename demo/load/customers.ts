import { below, type Random } from './random.js';

/** Chooses the customers that come to the shop. */
export interface Customers {
  /** Any customer; some come often. */
  any(): number;
  /** A customer for whom nothing is being written, who may be written to; undefined when none was found. */
  toWriteTo(mayWrite: (id: number) => boolean): number | undefined;
  /** A new customer will come again. */
  add(id: number): void;
  /** Runs one write for the customer; nobody else writes to the same one meanwhile. */
  writing<T>(id: number, write: () => Promise<T>): Promise<T>;
}

const REGULARS = 500;
const TRIES = 10;

/** Half of the visits are by 500 regulars, new customers among them; the other half by anyone from 1 to `originals`. */
export function customersOf(originals: number, random: Random): Customers {
  const regulars = Array.from({ length: REGULARS }, () => 1 + below(random, originals));
  const busy = new Set<number>();
  const any = (): number =>
    (random() < 0.5 ? regulars[below(random, regulars.length)] : undefined) ?? 1 + below(random, originals);
  return {
    any,
    toWriteTo(mayWrite) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const id = any();
        if (!busy.has(id) && mayWrite(id)) return id;
      }
      return undefined;
    },
    add(id) {
      regulars[below(random, regulars.length)] = id;
    },
    async writing(id, write) {
      busy.add(id);
      try {
        return await write();
      } finally {
        busy.delete(id);
      }
    },
  };
}
