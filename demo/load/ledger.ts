import type { Name } from '../shop/names.js';
import type { Arm } from '../shop/store.js';

/** A name that was sent, and which arm answered; `unknown` when no answer came. */
export interface WrittenName extends Name {
  readonly arm: Arm | 'unknown';
}

/** What is known of one customer's name. */
export interface NameRecord {
  /** The last name that the shop acknowledged; null when it acknowledged none: then the old name is not known here. */
  readonly last: WrittenName | null;
  /** Names sent after it whose fate is not known: the database may hold any of these instead. */
  readonly maybe: readonly WrittenName[];
}

/** An order that the shop acknowledged. */
export interface PlacedOrder {
  readonly id: number;
  readonly customerId: number;
  readonly totalCents: number;
}

/** Everything that the shop promised to a run's customers. Plain JSON. */
export interface LedgerRecord {
  readonly version: 1;
  /** Customers 1 to this number existed before the run. */
  readonly originals: number;
  /** By customer id. */
  readonly names: Readonly<Record<string, NameRecord>>;
  /** Ids of customers whose creation was acknowledged. */
  readonly created: readonly number[];
  readonly orders: readonly PlacedOrder[];
}

/**
 * Why a write's fate is not known. `answered`: the shop answered with an error, so the request is over. `silent`: no
 * usable answer came, and the write may still happen at any time.
 */
export type Doubt = 'answered' | 'silent';

/** Keeps what was acknowledged. Pure: no clock, no network. */
export class Ledger {
  readonly #names = new Map<number, { last: WrittenName | null; maybe: WrittenName[] }>();
  readonly #created: number[] = [];
  readonly #orders: PlacedOrder[] = [];
  readonly #silent = new Set<number>();
  readonly #originals: number;

  /** @param originals customers 1 to this number exist already */
  constructor(originals: number) {
    this.#originals = originals;
  }

  /** A creation was acknowledged under this id. */
  customerCreated(id: number, name: WrittenName): void {
    this.#created.push(id);
    this.#names.set(id, { last: name, maybe: [] });
  }

  /** A rename was acknowledged: older doubts are settled, because they ended before this one was sent. */
  renamed(id: number, name: WrittenName): void {
    this.#names.set(id, { last: name, maybe: [] });
  }

  /** A rename was sent and its fate is not known. */
  renameInDoubt(id: number, name: WrittenName, doubt: Doubt): void {
    const record = this.#names.get(id) ?? { last: null, maybe: [] };
    record.maybe.push(name);
    this.#names.set(id, record);
    if (doubt === 'silent') this.#silent.add(id);
  }

  /** An order was acknowledged. */
  orderPlaced(order: PlacedOrder): void {
    this.#orders.push(order);
  }

  /**
   * Whether another rename of this customer can still be judged. After a silent one it cannot: the older write could
   * arrive late and overwrite the newer, and nobody could say whose fault that was.
   */
  mayRename(id: number): boolean {
    return !this.#silent.has(id);
  }

  /** The ledger as JSON. */
  record(): LedgerRecord {
    return {
      version: 1,
      originals: this.#originals,
      names: Object.fromEntries(
        [...this.#names].map(([id, record]) => [String(id), structuredClone(record)]),
      ),
      created: [...this.#created],
      orders: [...this.#orders],
    };
  }
}
