import pg from 'pg';
import type { LedgerRecord, NameRecord, PlacedOrder } from './ledger.js';
import { nameMatches, type NameRow } from './name-matches.js';

/** One thing that was acknowledged and is not there. */
export interface Loss {
  readonly kind: 'customer' | 'name' | 'order';
  readonly id: number;
  readonly expected: string;
  readonly found: string;
}

/** The judge's finding. */
export interface Judgement {
  /** Customers and orders of which something acknowledged is missing or wrong. Each counts once. */
  readonly rowsLost: number;
  /** Customers and orders looked at. */
  readonly checked: number;
  /** Renamed customers whose old name is not known and whose new one is in doubt: they must be there and have a name. */
  readonly unverified: number;
  /** The first 20 losses. */
  readonly examples: readonly Loss[];
}

const EXAMPLES = 20;
const CHUNK = 5_000;

/**
 * Compares the database with what customers were promised. Call it when the load has stopped: it compares with the
 * last acknowledged state. It reads whichever of the columns `full_name`, `first_name` and `last_name` exist.
 * @throws Error when the database cannot be read, or holds no shop.
 */
export async function audit(url: string, ledger: LedgerRecord): Promise<Judgement> {
  const client = new pg.Client({ connectionString: url, application_name: 'demo-judge' });
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const missing = await missingCustomers(client, ledger);
    const gone = new Set(missing);
    const names = Object.entries(ledger.names).map(([id, record]) => ({ id: Number(id), record }));
    const present = names.filter(({ id }) => !gone.has(id));
    const losses: Loss[] = [
      ...missing.map((id): Loss => ({ kind: 'customer', id, expected: 'is there', found: 'is missing' })),
      ...(await wrongNames(client, present)),
      ...(await wrongOrders(client, ledger.orders)),
    ];
    return {
      rowsLost: losses.length,
      checked: ledger.originals + newCustomers(ledger).length + ledger.orders.length,
      unverified: names.filter(({ record }) => record.last === null).length,
      examples: losses.slice(0, EXAMPLES),
    };
  } finally {
    await client.end();
  }
}

/** Customers that the ledger knows and that were not there before the run. */
function newCustomers(ledger: LedgerRecord): number[] {
  const known = new Set([...ledger.created, ...Object.keys(ledger.names).map(Number)]);
  return [...known].filter((id) => id > ledger.originals);
}

/** Every customer from before the run, and every one whose creation or name was acknowledged, has a row. */
async function missingCustomers(client: pg.Client, ledger: LedgerRecord): Promise<number[]> {
  const { rows } = await client.query<{ id: string }>(
    `select wanted.id from (select generate_series(1, $1::bigint) as id union select unnest($2::bigint[])) wanted
     where not exists (select from shop.customer c where c.id = wanted.id) order by wanted.id`,
    [ledger.originals, newCustomers(ledger)],
  );
  return rows.map(({ id }) => Number(id));
}

async function wrongNames(client: pg.Client, names: { id: number; record: NameRecord }[]): Promise<Loss[]> {
  const columns = await nameColumns(client);
  const losses: Loss[] = [];
  for (let from = 0; from < names.length; from += CHUNK) {
    const chunk = names.slice(from, from + CHUNK);
    const { rows } = await client.query<NameRow & { id: string }>(
      `select ${['id', ...columns].join(', ')} from shop.customer where id = any($1::bigint[])`,
      [chunk.map(({ id }) => id)],
    );
    const byId = new Map(rows.map(({ id, ...name }) => [Number(id), name]));
    for (const { id, record } of chunk) {
      const found = byId.get(id) ?? {};
      if (nameMatches(record, found)) continue;
      const expected = JSON.stringify(record.last === null ? record.maybe : [record.last, ...record.maybe]);
      losses.push({ kind: 'name', id, expected, found: JSON.stringify(found) });
    }
  }
  return losses;
}

async function nameColumns(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ column: string }>(
    `select attname as column from pg_attribute
     where attrelid = 'shop.customer'::regclass and not attisdropped
       and attname in ('full_name', 'first_name', 'last_name')`,
  );
  return rows.map(({ column }) => column);
}

async function wrongOrders(client: pg.Client, orders: readonly PlacedOrder[]): Promise<Loss[]> {
  const { rows } = await client.query<{ id: string; customer_id: string; total_cents: number }>(
    'select id, customer_id, total_cents from shop.orders where id = any($1::bigint[])',
    [orders.map(({ id }) => id)],
  );
  const byId = new Map(rows.map((row) => [Number(row.id), row]));
  return orders.flatMap((order): Loss[] => {
    const row = byId.get(order.id);
    if (row && Number(row.customer_id) === order.customerId && row.total_cents === order.totalCents)
      return [];
    const found = row ? JSON.stringify(row) : 'is missing';
    return [{ kind: 'order', id: order.id, expected: JSON.stringify(order), found }];
  });
}
