import pg from 'pg';
import type { Query } from './store.js';

/** One order; `placedAt` is an ISO time. */
export interface Order {
  readonly id: number;
  readonly customerId: number;
  readonly totalCents: number;
  readonly placedAt: string;
}

interface Row {
  id: string;
  customer_id: string;
  total_cents: number;
  placed_at: Date;
}

/** Orders are the same in both arms: the migration does not touch them. */
export interface OrderStore {
  /** The newest five. */
  latest(customerId: number): Promise<readonly Order[]>;
  /** Undefined when there is no such customer. */
  place(customerId: number, totalCents: number): Promise<Order | undefined>;
}

const FOREIGN_KEY_VIOLATION = '23503';

/** Orders in `shop.orders`. */
export function orderStore(query: Query): OrderStore {
  return {
    async latest(customerId) {
      const rows = await query<Row>(
        `select id, customer_id, total_cents, placed_at from shop.orders
         where customer_id = $1 order by id desc limit 5`,
        [customerId],
      );
      return rows.map(toOrder);
    },
    async place(customerId, totalCents) {
      try {
        const rows = await query<Row>(
          `insert into shop.orders (customer_id, total_cents) values ($1, $2)
           returning id, customer_id, total_cents, placed_at`,
          [customerId, totalCents],
        );
        return rows.map(toOrder)[0];
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code === FOREIGN_KEY_VIOLATION) return undefined;
        throw error;
      }
    },
  };
}

function toOrder(row: Row): Order {
  return {
    id: Number(row.id),
    customerId: Number(row.customer_id),
    totalCents: row.total_cents,
    placedAt: row.placed_at.toISOString(),
  };
}
