import pg from 'pg';

const { escapeIdentifier } = pg;

/** How the rows of a table were. */
export interface TableRows {
  /** The columns that were there, in order: whatever comes later is no part of a row. */
  readonly columns: readonly string[];
  /** Those of its primary key; none where it has no key, and its rows are told apart by nothing. */
  readonly key: readonly string[];
  /** Rows that the drill does not write itself, and their checksum, in whatever order. */
  readonly rows: number;
  readonly checksum: string;
  /** Some of them by key, so that one that differs can be named. */
  readonly sampled: Readonly<Record<string, string>>;
}

/** By name in full: `shop.customer`. */
export type Tables = Readonly<Record<string, TableRows>>;

/** Rows that can be named when they differ, of each table. */
const samples = 100;

/** Every table of a database that holds rows itself, but for the engine's own. */
export async function tablesIn(
  tx: pg.ClientBase,
): Promise<readonly Pick<TableRows & { name: string }, 'name' | 'columns' | 'key'>[]> {
  const { rows } = await tx.query<{ name: string; columns: string[]; key: string[] }>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
        coalesce((SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '{}') AS columns,
        coalesce((SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_index x
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (x.indkey)
          WHERE x.indrelid = c.oid AND x.indisprimary), '{}') AS key
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'switchback')
        AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1`,
  );
  return rows;
}

/** Reads the rows of a table, but for those of the keys that the drill writes itself. */
export async function readRows(
  tx: pg.ClientBase,
  name: string,
  { columns, key }: Pick<TableRows, 'columns' | 'key'>,
  written: readonly string[],
): Promise<TableRows> {
  const row = `ROW(${columns.map(escapeIdentifier).join(', ')})::text`;
  const id = keyExpression(key);
  const { rows: sums } = await tx.query<{ rows: string; checksum: string }>(
    `SELECT count(*)::text AS rows, coalesce(sum(hashtextextended(${row}, 0)::numeric), 0)::text AS checksum
       FROM ${name} WHERE NOT (${id} = ANY ($1::text[]))`,
    [written],
  );
  const { rows, checksum } = sums[0] ?? { rows: '0', checksum: '0' };
  const every = Math.max(1, Math.floor(Number(rows) / samples));
  const sampled = await tx.query<{ key: string; sum: string }>(
    `SELECT ${id} AS key, md5(${row}) AS sum FROM ${name}
      WHERE ${key.length > 0} AND NOT (${id} = ANY ($1::text[])) AND abs(hashtext(${id})::bigint) % $2 = 0`,
    [written, every],
  );
  return {
    columns,
    key,
    rows: Number(rows),
    checksum,
    sampled: Object.fromEntries(sampled.rows.map((one) => [one.key, one.sum])),
  };
}

/** What differs in the rows of a table, in words. */
export function differingRows(name: string, before: TableRows, now: TableRows): string[] {
  if (before.rows === now.rows && before.checksum === now.checksum) return [];
  const differ = Object.keys(before.sampled).filter((key) => before.sampled[key] !== now.sampled[key]);
  const named = differ.length > 0 ? `, among them ${differ.slice(0, 5).join(', ')}` : '';
  return [
    `rows of ${name} that nobody wrote are not as they were: ${before.rows} with checksum ${before.checksum}, now ${now.rows} with ${now.checksum}${named}`,
  ];
}

/** A row's key as one text; empty for a table without one. */
export function keyExpression(key: readonly string[]): string {
  if (key.length === 0) return `''`;
  return `concat_ws(chr(31), ${key.map((column) => `${escapeIdentifier(column)}::text`).join(', ')})`;
}
