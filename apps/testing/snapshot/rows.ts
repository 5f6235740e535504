import pg from 'pg';
import { ourSpaces } from './catalogue-query.js';

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
export async function rowsOf(
  client: pg.ClientBase,
  ledgerSchema: string,
): Promise<Readonly<Record<string, TableSnapshot>>> {
  const { rows: tables } = await client.query<{ name: string; sql: string; key: string[] | null }>(
    `WITH space AS (${ourSpaces})
     SELECT s.nspname || '.' || c.relname AS name, format('%I.%I', s.nspname, c.relname) AS sql,
            (SELECT array_agg(a.attname::text ORDER BY array_position(x.indkey::int2[], a.attnum))
               FROM pg_catalog.pg_index x JOIN pg_catalog.pg_attribute a
                 ON a.attrelid = c.oid AND a.attnum = ANY (x.indkey)
              WHERE x.indrelid = c.oid AND x.indisprimary) AS key
       FROM pg_catalog.pg_class c JOIN space s ON s.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND c.relispopulated ORDER BY name`,
    [ledgerSchema],
  );
  const found: [string, TableSnapshot][] = [];
  for (const { name, sql, key } of tables) found.push([name, await rowsOfOne(client, sql, key)]);
  return Object.fromEntries(found);
}

async function rowsOfOne(
  client: pg.ClientBase,
  sql: string,
  key: readonly string[] | null,
): Promise<TableSnapshot> {
  const hash = `pg_catalog.hashtextextended(${row}::text, 0)`;
  const { rows: sums } = await client.query<{ rows: string; sum: string }>(
    `SELECT pg_catalog.count(*) AS rows, coalesce(pg_catalog.sum(${hash}::numeric), 0)::text AS sum FROM ${sql} ${row}`,
  );
  const sum = { rows: Number(sums[0]?.rows ?? 0), sum: sums[0]?.sum ?? '0' };
  if (!key || sum.rows > mostNamed) return sum;
  const names = key.map((column) => `${row}.${escapeIdentifier(column)}`);
  const named = names.length === 1 ? names[0] : `pg_catalog.jsonb_build_array(${names.join(', ')})`;
  const { rows } = await client.query<{ key: string; hash: string }>(
    `SELECT ${named}::text AS key, ${hash}::text AS hash FROM ${sql} ${row}`,
  );
  return { ...sum, byKey: Object.fromEntries(rows.map(({ key, hash }) => [key, hash])) };
}
