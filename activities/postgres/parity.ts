import pg from 'pg';
import type { Attempt } from './attempt.js';
import { sameAs } from './compare.js';
import type { Tx } from './database.js';
import { rowOf } from './names.js';
import { findRelation, requireColumn, type Relation } from './relation.js';
import type { SyncInput } from './sync.js';
import { persistently, transaction } from './transaction.js';

const { escapeIdentifier } = pg;

const chunkRows = 10_000;
/** So many differing keys of a chunk are looked at again. */
const mostKeys = 1_000;

/** What was seen in one chunk of rows. */
export interface Chunk {
  readonly rows: number;
  readonly differing: readonly string[];
  /** There are more of them than `differing` names. */
  readonly more: boolean;
}

interface SeenChunk {
  readonly chunk: Chunk;
  readonly last: string | null;
}

/** Walks the table along its key, each chunk in a transaction of its own. */
export async function* walkParity(attempt: Attempt, input: SyncInput): AsyncGenerator<Chunk> {
  let last: string | null = null;
  for (;;) {
    const from: string | null = last;
    const seen: SeenChunk = await reading(attempt, input, (tx, relation) =>
      readChunk(tx, relation, input, from),
    );
    yield seen.chunk;
    if (seen.chunk.rows < chunkRows || seen.last === null) return;
    last = seen.last;
  }
}

/** Which of these rows differ now. */
export function stillDiffering(
  attempt: Attempt,
  input: SyncInput,
  keys: readonly string[],
): Promise<string[]> {
  return reading(attempt, input, async (tx, relation) => {
    const key = escapeIdentifier(input.key);
    const listed = `SELECT k::${requireColumn(relation, input.key).type} FROM unnest($1::text[]) k`;
    const { rows } = await tx.query<{ key: string }>(
      `SELECT row.${key}::text AS key
         FROM ${rowOf(relation, 't', columnsOf(input), `FROM ${relation.sql} t WHERE t.${key} IN (${listed})`)}
        WHERE NOT (${sameAs(relation, input.back)}) ORDER BY row.${key}`,
      [keys],
    );
    return rows.map(({ key }) => key);
  });
}

async function readChunk(
  tx: Tx,
  relation: Relation,
  input: SyncInput,
  last: string | null,
): Promise<SeenChunk> {
  const key = escapeIdentifier(input.key);
  const { type } = requireColumn(relation, input.key);
  const from = last === null ? 'true' : `${key} > ${pg.escapeLiteral(last)}::${type}`;
  const { rows } = await tx.query<{
    rows: number;
    last: string | null;
    many: number;
    differing: string[] | null;
  }>(
    `WITH chunk AS MATERIALIZED (SELECT * FROM ${relation.sql} WHERE ${from} ORDER BY ${key} LIMIT ${chunkRows}),
          seen AS (SELECT row.${key}::text AS key, ${sameAs(relation, input.back)} AS same
                     FROM ${rowOf(relation, 't', columnsOf(input), 'FROM chunk t')})
     SELECT count(*)::int AS rows, count(*) FILTER (WHERE NOT same)::int AS many,
            (array_agg(key) FILTER (WHERE NOT same))[1:${mostKeys}] AS differing,
            (SELECT ${key}::text FROM chunk ORDER BY chunk.${key} DESC LIMIT 1) AS last FROM seen`,
  );
  const row = rows[0] ?? { rows: 0, last: null, many: 0, differing: null };
  const differing = row.differing ?? [];
  return { chunk: { rows: row.rows, differing, more: row.many > differing.length }, last: row.last };
}

function columnsOf({ forward, back }: SyncInput): string[] {
  return [...Object.keys(forward), ...Object.keys(back)];
}

function reading<T>(
  { database, work }: Attempt,
  input: SyncInput,
  body: (tx: Tx, relation: Relation) => Promise<T>,
): Promise<T> {
  return persistently(database, work, () =>
    transaction(database, work, { readOnly: true }, async (tx) => body(tx, await findRelation(tx, input))),
  );
}
