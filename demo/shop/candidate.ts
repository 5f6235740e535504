import { nameOf } from './names.js';
import type { Customer, CustomerStore, Query } from './store.js';

interface Row {
  id: string;
  first_name: string | null;
  last_name: string | null;
  email: string;
  region: string;
}

/**
 * The new code: knows `first_name` and `last_name`, which a migration adds, and never names `full_name`. It relies
 * on that migration to fill both columns of every row, and the old column of rows written here.
 */
export function candidateStore(query: Query): CustomerStore {
  return {
    async find(id) {
      const rows = await query<Row>(
        'select id, first_name, last_name, email, region from shop.customer where id = $1',
        [id],
      );
      return rows.map(toCustomer)[0];
    },
    async rename(id, name) {
      const rows = await query<Row>(
        `update shop.customer set first_name = $2, last_name = $3 where id = $1
         returning id, first_name, last_name, email, region`,
        [id, name.given, name.family],
      );
      return rows.map(toCustomer)[0];
    },
    async create({ name, email, region }) {
      const [row] = await query<Row>(
        `insert into shop.customer (first_name, last_name, email, region) values ($1, $2, $3, $4)
         returning id, first_name, last_name, email, region`,
        [name.given, name.family, email, region],
      );
      if (!row) throw new Error('the insert into shop.customer returned no row');
      return toCustomer(row);
    },
    async search(family) {
      const rows = await query<Row>(
        'select id, first_name, last_name, email, region from shop.customer where last_name = $1 limit 20',
        [family],
      );
      return rows.map(toCustomer);
    },
  };
}

function toCustomer(row: Row): Customer {
  // An answer made of nulls would look like success: a row that no backfill reached must count as an error.
  if (row.first_name === null || row.last_name === null) {
    throw new Error(`customer ${row.id} has no first_name or last_name yet`);
  }
  return {
    id: Number(row.id),
    name: nameOf(row.first_name, row.last_name),
    email: row.email,
    region: row.region,
  };
}
