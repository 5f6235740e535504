import { splitFullName } from './names.js';
import type { Customer, CustomerStore, Query } from './store.js';

interface Row {
  id: string;
  full_name: string;
  email: string;
  region: string;
}

/** The code as it was: knows `full_name` alone. */
export function baselineStore(query: Query): CustomerStore {
  return {
    async find(id) {
      const rows = await query<Row>('select id, full_name, email, region from shop.customer where id = $1', [
        id,
      ]);
      return rows.map(toCustomer)[0];
    },
    async rename(id, name) {
      const rows = await query<Row>(
        'update shop.customer set full_name = $2 where id = $1 returning id, full_name, email, region',
        [id, name.full],
      );
      return rows.map(toCustomer)[0];
    },
    async create({ name, email, region }) {
      const [row] = await query<Row>(
        `insert into shop.customer (full_name, email, region) values ($1, $2, $3)
         returning id, full_name, email, region`,
        [name.full, email, region],
      );
      if (!row) throw new Error('the insert into shop.customer returned no row');
      return toCustomer(row);
    },
    async search(family) {
      const rows = await query<Row>(
        'select id, full_name, email, region from shop.customer where full_name like $1 limit 20',
        [`% ${family.replace(/[\\%_]/g, '\\$&')}`],
      );
      return rows.map(toCustomer);
    },
  };
}

function toCustomer(row: Row): Customer {
  return { id: Number(row.id), name: splitFullName(row.full_name), email: row.email, region: row.region };
}
