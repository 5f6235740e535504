import pg from 'pg';
import { sameAs } from './compare.js';
import type { Tx } from './database.js';
import { rowOf } from './names.js';
import { requireColumn, type Relation } from './relation.js';
import type { SyncInput } from './sync.js';

const { escapeIdentifier, escapeLiteral } = pg;

/** So many keys of rows that differ are kept, to look at them again. */
export const keysKept = 1_000;

/** What was seen in some rows of a table. */
export interface Seen {
  readonly rows: number;
  /** How many of them differ. */
  readonly differing: number;
  /** The first of those, at most `keysKept`. */
  readonly keys: readonly string[];
  /** The key of the last row that was seen; null when there was none. */
  readonly last: string | null;
}

export const nothingSeen: Seen = { rows: 0, differing: 0, keys: [], last: null };

/** A row whose shapes differ. */
export interface Difference {
  readonly key: string;
  /** What both shapes hold, by column; null for NULL. */
  readonly values: Readonly<Record<string, string | null>>;
}

/** Characters of a value that are shown: enough to know it again. */
const shownCharacters = 60;

/** Compares the rows behind `last`, at most `most`, in the order of the key. */
export function compareChunk(
  tx: Tx,
  relation: Relation,
  input: SyncInput,
  { last, most }: { readonly last: string | null; readonly most: number },
): Promise<Seen> {
  const key = escapeIdentifier(input.key);
  const { type } = requireColumn(relation, input.key);
  const from = last === null ? 'true' : `${key} > ${escapeLiteral(last)}::${type}`;
  return compare(
    tx,
    relation,
    input,
    `SELECT * FROM ${relation.sql} WHERE ${from} ORDER BY ${key} LIMIT ${most}`,
  );
}

/**
 * Compares the rows that were written by a transaction from `oldest` on, by whomever and past whatever trigger. A row
 * from long before, whose number has come round again, is compared as well.
 */
export function compareWrittenSince(
  tx: Tx,
  relation: Relation,
  input: SyncInput,
  oldest: string,
): Promise<Seen> {
  const since = `age(t.xmin) <= age(${escapeLiteral(oldest)}::xid8::xid)`;
  return compare(tx, relation, input, `SELECT * FROM ${relation.sql} t WHERE ${since}`);
}

/** The oldest transaction whose writes a comparison that begins now may not see. */
export async function oldestUnderWay(tx: Tx): Promise<string> {
  const { rows } = await tx.query<{ oldest: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest',
  );
  const [row] = rows;
  if (row) return row.oldest;
  throw new Error('the server does not say which transactions are under way');
}

/** Which of these rows differ now, with what they hold. */
export async function differencesOf(
  tx: Tx,
  relation: Relation,
  input: SyncInput,
  keys: readonly string[],
): Promise<Difference[]> {
  const key = escapeIdentifier(input.key);
  const listed = `SELECT k::${requireColumn(relation, input.key).type} FROM unnest($1::text[]) k`;
  const source = `FROM ${relation.sql} t WHERE t.${key} IN (${listed})`;
  const values = columnsOf(input).map(
    (column) =>
      `${escapeLiteral(column)}, left(row.${escapeIdentifier(column)}::text, ${shownCharacters + 1})`,
  );
  const { rows } = await tx.query<Difference>(
    `SELECT row.${key}::text AS key, jsonb_build_object(${values.join(', ')}) AS values
       FROM ${rowOf(relation, 't', columnsOf(input), source)}
      WHERE NOT (${sameAs(relation, input.back)}) ORDER BY row.${key}`,
    [keys],
  );
  return rows;
}

/** A value as people are shown it. */
export function shown(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  const characters = Array.from(value);
  if (characters.length <= shownCharacters) return JSON.stringify(value);
  return `${JSON.stringify(characters.slice(0, shownCharacters).join(''))}...`;
}

async function compare(tx: Tx, relation: Relation, input: SyncInput, source: string): Promise<Seen> {
  const key = escapeIdentifier(input.key);
  const { rows } = await tx.query<Seen>(
    `WITH chunk AS MATERIALIZED (${source}),
          seen AS MATERIALIZED (SELECT row.${key} AS key, ${sameAs(relation, input.back)} AS same
                     FROM ${rowOf(relation, 't', columnsOf(input), 'FROM chunk t')})
     SELECT count(*)::float8 AS rows, count(*) FILTER (WHERE NOT same)::float8 AS differing,
            ARRAY(SELECT key::text FROM seen s WHERE NOT same ORDER BY s.key LIMIT ${keysKept}) AS keys,
            (SELECT key::text FROM seen s ORDER BY s.key DESC LIMIT 1) AS last
       FROM seen`,
  );
  return rows[0] ?? nothingSeen;
}

function columnsOf({ forward, back }: SyncInput): string[] {
  return [...Object.keys(back), ...Object.keys(forward)];
}
