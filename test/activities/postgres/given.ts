import pg from 'pg';
import { createPostgresAdapter } from '../../../activities/postgres/adapter.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Act, Undo } from '../../../src/engine/plan/plan.js';
import { freshDatabase } from '../../support/servers.js';
import { work } from '../../../src/testing/index.js';
import type { Capture, EffectKey, Findings } from '../../../src/engine/state/values.js';

/** The two shapes of a customer's name: lossless from old to new and back. */
export const names = {
  key: 'id',
  forward: {
    first_name: `split_part(full_name, ' ', 1)`,
    last_name: `substr(full_name, length(split_part(full_name, ' ', 1)) + 2)`,
  },
  back: { full_name: `first_name || CASE WHEN last_name = '' THEN '' ELSE ' ' || last_name END` },
};

const on = { db: 'shop', table: 'customer' };
const target = 'table:shop.customer' as const;

/** An act with the usual target. */
export function act(id: string, kind: string, input: JsonObject, undo: Undo = nothing): Act {
  return { type: 'act', id, why: 'test', verify: 'test', target, do: { kind, input }, undo };
}

const nothing: Undo = { type: 'nothing', because: 'the columns go' };

/** The acts of splitting a name, in order. */
export const acts = {
  add: act(
    'add',
    'postgres.addColumns',
    { ...on, columns: ['first_name', 'last_name'].map((name) => ({ name, type: 'text' })) },
    {
      type: 'act',
      do: {
        kind: 'postgres.dropColumns',
        input: { ...on, columns: ['first_name', 'last_name'], setAside: names },
      },
    },
  ),
  sync: act(
    'sync',
    'postgres.keepInSync',
    { ...on, ...names },
    {
      type: 'act',
      do: { kind: 'postgres.stopSync', input: on },
    },
  ),
  backfill: act('backfill', 'postgres.backfill', { ...on, key: 'id', set: names.forward, batch: 100 }),
  parity: act('parity', 'postgres.verifyParity', { ...on, ...names }),
  retire: act('retire', 'postgres.retireColumn', retiring(), {
    type: 'act',
    do: { kind: 'postgres.restoreColumn', input: retiring() },
  }),
  purge: act('purge', 'postgres.purgeColumn', retiring(), { type: 'irreversible', because: 'test' }),
};

function retiring(): JsonObject {
  return { ...on, columns: ['full_name'], keepInSync: { ...on, ...names } };
}

/** A database with a table of customers, and an adapter that reaches it. */
export async function shop(rows = 0, options: { patience?: number } = {}) {
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.url, application_name: 'client', max: 12 });
  pool.on('error', () => undefined);
  await pool.query(`CREATE TABLE customer (
    id bigint PRIMARY KEY, full_name text NOT NULL, born timestamptz DEFAULT now(), notes jsonb)`);
  await pool.query(
    `INSERT INTO customer (id, full_name) SELECT i, 'First' || i || ' Last' || i FROM generate_series(1, $1::int) i`,
    [rows],
  );
  const opened: ReturnType<typeof createPostgresAdapter>[] = [];
  const open = (patience: number | undefined) => {
    const adapter = createPostgresAdapter({
      databases: { shop: { url: database.url } },
      environment: 'test',
      ...(patience !== undefined && { patience }),
    });
    opened.push(adapter);
    return adapter;
  };
  const adapter = open(options.patience);
  const capture: Capture = { target, at: Date.now(), state: await adapter.read(acts.add, work()) };
  return {
    url: database.url,
    pool,
    adapter,
    /** Another one, that does not wait long for a lock. */
    hasty: () => open(1_000),
    capture,
    apply: (given: Act, rollout = 'r1', epoch = 0): Promise<Findings> =>
      adapter.apply(given, keyOf(given, rollout, epoch), work()),
    undo(given: Act, rollout = 'r1', epoch = 0): Promise<Findings> {
      if (given.undo.type !== 'act') throw new Error(`${given.id} has no undo action`);
      return adapter.undo(given, given.undo.do, keyOf(given, rollout, epoch), work());
    },
    verify: (rollout = 'r1') =>
      adapter.verify([acts.add], capture, { rollout, step: 'verify', epoch: 0 }, work()),
    async query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> {
      return (await pool.query<Row>(text, values)).rows;
    },
    /** Writes as a superuser does who turned every trigger off, and on again as they were. */
    async unseen(text: string): Promise<void> {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT tgname AS name FROM pg_trigger WHERE tgrelid = 'customer'::regclass AND tgname LIKE 'zz_switchback%'`,
      );
      const on = rows.map(({ name }) => `ALTER TABLE customer ENABLE ALWAYS TRIGGER ${name}`);
      await pool.query(['ALTER TABLE customer DISABLE TRIGGER USER', text, ...on].join('; '));
    },
    /** Ends every connection of the adapter, as the death of its worker would. */
    async crash(): Promise<void> {
      await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'switchback' AND datname = current_database()`);
    },
    async close(): Promise<void> {
      await Promise.all(opened.map((one) => one.close()));
      await pool.end();
      await database.drop();
    },
  };
}

export type Shop = Awaited<ReturnType<typeof shop>>;

/** The key of an act's try. */
export function keyOf({ id }: Act, rollout = 'r1', epoch = 0): EffectKey {
  return { rollout, step: id, epoch };
}
