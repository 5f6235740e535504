import pg from 'pg';
import { tablesIn } from '../../../activities/drill/rows.js';

const { escapeIdentifier } = pg;

/** The rows of a table. */
export interface TableSnapshot {
  readonly rows: number;
  /** The sum of the hashes of all rows, whatever their order. Decimal text: it does not fit a number. */
  readonly sum: string;
  /** The hash of each row by its key, so that what differs has a name. Absent for tables without a key, and large ones. */
  readonly byKey?: Readonly<Record<string, string>>;
}

/** What a row is called in a query: a column of the same name would stand for itself. */
const row = 'zz_switchback_row';
/** Of more rows than this only the checksum is kept. */
const mostNamed = 20_000;

/** The rows of every table, in the snapshot of the transaction under way. */
export async function rowsOf(client: pg.ClientBase): Promise<Readonly<Record<string, TableSnapshot>>> {
  const found: [string, TableSnapshot][] = [];
  for (const { name, key } of await tablesIn(client)) found.push([name, await rowsOfOne(client, name, key)]);
  return Object.fromEntries(found);
}

async function rowsOfOne(client: pg.ClientBase, sql: string, key: readonly string[]): Promise<TableSnapshot> {
  const hash = `pg_catalog.hashtextextended(${row}::text, 0)`;
  const { rows: sums } = await client.query<{ rows: string; sum: string }>(
    `SELECT pg_catalog.count(*) AS rows, coalesce(pg_catalog.sum(${hash}::numeric), 0)::text AS sum FROM ${sql} ${row}`,
  );
  const sum = { rows: Number(sums[0]?.rows ?? 0), sum: sums[0]?.sum ?? '0' };
  if (key.length === 0 || sum.rows > mostNamed) return sum;
  const names = key.map((column) => `${row}.${escapeIdentifier(column)}`);
  const named = names.length === 1 ? names[0] : `pg_catalog.jsonb_build_array(${names.join(', ')})`;
  const { rows } = await client.query<{ key: string; hash: string }>(
    `SELECT ${named}::text AS key, ${hash}::text AS hash FROM ${sql} ${row}`,
  );
  return { ...sum, byKey: Object.fromEntries(rows.map(({ key, hash }) => [key, hash])) };
}
