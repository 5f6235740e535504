import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { drillCompletionLocally, drillPointLocally } from '../../../apps/testing/local/drill-point.js';
import { explain } from '../../../apps/testing/local/explain.js';
import type { LocalDatabase, LocalTargets } from '../../../apps/testing/local/options.js';
import { openStage, type LocalStage } from '../../../apps/testing/local/stage.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { mutated, mutantsOf, mutantName } from '../../../src/drill/mutants.js';
import { beginnings } from '../../mutants/begin.js';
import { tryMutant } from '../../mutants/try-mutants.js';
import { pointOf } from './given.js';
import '../../support/servers.js';

const plan = splitCustomerName.evaluate({});
const shop: LocalTargets = { ...beginnings['split-customer-name']!, server: inject('postgresUrl') };

/** The shop's plan on another database. */
const onDatabase = (database: LocalDatabase): LocalTargets => ({ ...shop, databases: { shop: database } });

describe('the demo runbook on a real PostgreSQL and a real flag file', () => {
  let stage: LocalStage;
  beforeAll(async () => {
    stage = await openStage(plan, shop);
  });
  afterAll(() => stage.close());

  it('gets to its end', async () => {
    expect(await drillCompletionLocally(stage, plan)).toBeUndefined();
  });

  // One of each kind; all of them, and all mutants, in test/deep.
  it.each([
    'backfill/shop.customer after-effect',
    'expose/split-name/5 crash',
    'watch/canary-25 breach',
    'approve/go expire',
    'watch/retired blind',
    'purge/shop.customer after-effect',
  ])('comes back from %s', async (name) => {
    expect(await drillPointLocally(stage, plan, pointOf(plan, name))).toEqual([]);
  });

  it.each([
    'add-columns/shop.customer does-nothing',
    'add-columns/shop.customer removed',
    'expose/split-name/25 stale',
    'retire/shop.customer does-nothing',
  ])('turns red when a way back is spoilt: %s', async (name) => {
    const mutant = mutantsOf(plan).find((one) => mutantName(one) === name)!;
    expect(await tryMutant(stage, plan, mutant)).toMatchObject({ killedAt: expect.any(String) as string });
  });

  it('names what did not come back', async () => {
    const spoilt = mutated(plan, { act: 'add-columns/shop.customer', spoiling: 'removed' });
    const point = pointOf(spoilt, 'add-columns/shop.customer after-effect');
    const told = explain(spoilt, point, await drillPointLocally(stage, spoilt, point));
    expect(told).toMatch(
      /^split-customer-name does not come back from "add-columns\/shop.customer after-effect":/,
    );
    expect(told).toContain('- column shop.customer.first_name is left over');
    expect(told).toContain('- add-columns/shop.customer: nothing, because it was taken out');
  });
});

describe('what clients wrote', () => {
  const begin = `CREATE TABLE customer (id bigint PRIMARY KEY, full_name text NOT NULL);
                 INSERT INTO customer SELECT i, 'First' || i || ' Last' || i FROM generate_series(1, 9) i`;
  const byCandidate = (full: string): LocalDatabase => ({
    begin,
    writes: [
      {
        candidate: `UPDATE customer SET first_name = 'Ada', last_name = 'Lovelace' WHERE id = 5`,
        baseline: `UPDATE customer SET full_name = '${full}' WHERE id = 5`,
      },
    ],
  });
  const faults = async (database: LocalDatabase) => {
    const stage = await openStage(plan, onDatabase(database));
    try {
      return await drillPointLocally(stage, plan, pointOf(plan, 'watch/canary-5 breach'));
    } finally {
      await stage.close();
    }
  };

  it('in the new shape is there afterwards in the old one', async () => {
    expect(await faults(byCandidate('Ada Lovelace'))).toEqual([]);
  });

  it('is red where the rollout keeps them from writing', async () => {
    const { writes: _writes, ...database } = byCandidate('Ada Lovelace');
    const candidate = `UPDATE customer SET nickname = 'Ada' WHERE id = 5`;
    const found = await faults({ ...database, writes: [{ candidate, baseline: 'SELECT 1' }] });
    expect(found).toEqual([
      `a client could not write during the rollout: ${candidate}: column "nickname" of relation "customer" does not exist`,
    ]);
  });

  it('is red, by its key, where it is not', async () => {
    const found = await faults(byCandidate('Ada King'));
    expect(found).toEqual(['1 rows of public.customer have other values (key 5)']);
  });
});

describe('a database that cannot begin', () => {
  it.each<[string, LocalDatabase, string]>([
    ['SQL that fails', { begin: 'CREATE TABEL customer ()' }, 'databases.shop.begin: fails: syntax error'],
    [
      'a write that fails',
      { begin: 'CREATE TABLE customer (id int)', writes: ['SELECT 1', 'DELETE FROM customers'] },
      'databases.shop.writes[1]: fails: relation "customers" does not exist',
    ],
    [
      'somebody who stays connected',
      { begin: stayConnected },
      'databases.shop.begin: leaves a connection open',
    ],
  ])('is refused: %s', async (_what, database, told) => {
    await expect(openStage(plan, onDatabase(database))).rejects.toThrow(told);
  });
});

async function stayConnected(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // The database is dropped under it.
  client.on('error', () => undefined);
  await client.connect();
}
