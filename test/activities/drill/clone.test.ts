import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropClone, makeClone } from '../../../activities/drill/clone.js';
import { cloneOf, type ClonedDatabase } from '../../../activities/drill/names.js';
import type { ScratchNotes } from '../../../activities/records/drills.js';
import { createPostgresAdapter } from '../../../activities/postgres/adapter.js';
import { work } from '../../../src/testing/index.js';
import { addColumns } from '../../../src/steps/index.js';
import { query } from '../../support/query.js';
import { freshDatabase, type FreshDatabase } from '../../support/servers.js';

let template: FreshDatabase;
let clone: ClonedDatabase;

const noted = new Set<string>();
const notes: ScratchNotes = {
  has: async (thing) => noted.has(thing),
  add: async (thing) => void noted.add(thing),
  remove: async (thing) => void noted.delete(thing),
};

beforeEach(async () => {
  template = await freshDatabase();
  clone = cloneOf('drills', 'shop', template.url);
  await query(template.url, 'CREATE TABLE customer (id int PRIMARY KEY, name text)');
});
afterEach(async () => {
  await dropClone(clone, notes);
  await template.drop();
});

const act = addColumns({ db: 'shop', table: 'customer', key: 'id', forward: {}, back: {} }, [
  { name: 'first_name', type: 'text' },
]);
const key = { rollout: 'r', step: act.id, epoch: 0 };

/** The adapter of a worker of the drill environment, on a database. */
async function applyOn(url: string): Promise<unknown> {
  const databases = { shop: { url } };
  const adapter = createPostgresAdapter({ environment: 'drills', kind: 'drill', databases });
  try {
    return await adapter.apply(act, key, work());
  } finally {
    await adapter.close();
  }
}

describe('a clone', () => {
  it('can be changed, and its template cannot: it bears no mark of drills', async () => {
    await makeClone(clone, 'drills', notes);
    await expect(applyOn(clone.cloneUrl)).resolves.toBeDefined();
    await expect(applyOn(clone.url)).rejects.toThrow(/nobody has made it for drills/);
  });

  it('that is left of a killed drill is made anew', async () => {
    await makeClone(clone, 'drills', notes);
    await query(clone.cloneUrl, 'DROP TABLE customer');
    const guest = new pg.Client({ connectionString: clone.cloneUrl });
    guest.on('error', () => undefined);
    await guest.connect();
    await makeClone(clone, 'drills', notes);
    await expect(query(clone.cloneUrl, 'SELECT count(*) FROM customer')).resolves.toBeDefined();
  });

  it('is not made of what somebody is connected to, who is named', async () => {
    const guest = new pg.Client({ connectionString: template.url, application_name: 'a reporting tool' });
    await guest.connect();
    try {
      await expect(makeClone(clone, 'drills', notes)).rejects.toThrow(/is in use by .* as a reporting tool/);
    } finally {
      await guest.end();
    }
    await expect(makeClone(clone, 'drills', notes)).resolves.toBeUndefined();
  });

  it('is not made of what a shared environment has used, whatever it is called here', async () => {
    const shared = { environment: 'production', kind: 'shared' as const };
    const adapter = createPostgresAdapter({ ...shared, databases: { main: { url: template.url } } });
    await adapter.fence({ ...act, do: { ...act.do, input: { ...act.do.input, db: 'main' } } }, key, work());
    await adapter.close();
    await expect(makeClone(clone, 'drills', notes)).rejects.toThrow(
      /is marked as environment production, which is shared: a drill never touches it/,
    );
  });

  it('is no database of its name that no drill of these records has made, and that stays', async () => {
    await query(template.url, `CREATE DATABASE ${clone.clone}`);
    try {
      await query(clone.cloneUrl, 'CREATE TABLE theirs (id int)');
      await expect(makeClone(clone, 'drills', notes)).rejects.toThrow(
        /is there, and no drill of these records has made it/,
      );
      await dropClone(clone, notes);
      await expect(query(clone.cloneUrl, 'SELECT count(*) FROM theirs')).resolves.toBeDefined();
    } finally {
      await query(template.url, `DROP DATABASE ${clone.clone} WITH (FORCE)`);
    }
  });

  it('is marked only where its url leads to it: two names for one database are found out', async () => {
    const other = await freshDatabase();
    try {
      await query(other.url, 'CREATE TABLE theirs (id int)');
      // As a pooler does that sends every name to one database.
      const led = { ...clone, cloneUrl: other.url };
      await expect(makeClone(led, 'drills', notes)).rejects.toThrow(/two names for one database/);
      const marked = `SELECT to_regclass('switchback.environment') IS NOT NULL AS marked`;
      expect(await query(other.url, marked)).toEqual([{ marked: false }]);
      const named = { ...clone, template: 'shop_template' };
      await expect(makeClone(named, 'drills', notes)).rejects.toThrow(/two names for one database/);
    } finally {
      await other.drop();
    }
  });

  it('is not made of what leads out of itself: its triggers could write elsewhere', async () => {
    await query(
      template.url,
      'CREATE FOREIGN DATA WRAPPER away; CREATE SERVER production FOREIGN DATA WRAPPER away',
    );
    await expect(makeClone(clone, 'drills', notes)).rejects.toThrow(/through foreign server production/);
  });
});
