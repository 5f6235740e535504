import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropClone, makeClone } from '../../../activities/drill/clone.js';
import { cloneOf, type ClonedDatabase } from '../../../activities/drill/names.js';
import { createPostgresAdapter } from '../../../activities/postgres/adapter.js';
import type { ScratchNotes } from '../../../activities/records/drills.js';
import type { Kind } from '../../../src/protocol/kind.js';
import { addColumns } from '../../../src/steps/index.js';
import { work } from '../../../src/testing/index.js';
import { switchback } from '../../apps/cli/console.js';
import { query } from '../../support/query.js';
import { freshDatabase, type FreshDatabase } from '../../support/servers.js';

const noted = new Set<string>();
const notes: ScratchNotes = {
  has: async (thing) => noted.has(thing),
  add: async (thing) => void noted.add(thing),
  remove: async (thing) => void noted.delete(thing),
};

const act = addColumns({ db: 'shop', table: 'customer', key: 'id', forward: {}, back: {} }, [
  { name: 'first_name', type: 'text' },
]);
const key = { rollout: 'r', step: act.id, epoch: 0 };

/** An environment's worker, at work on a database. */
async function applyAs(environment: string, kind: Kind, url: string): Promise<unknown> {
  const adapter = createPostgresAdapter({ environment, kind, databases: { shop: { url } } });
  try {
    return await adapter.apply(act, key, work());
  } finally {
    await adapter.close();
  }
}

let production: FreshDatabase;
let template: ClonedDatabase;
let directory: string;
let config: string;

/** A copy of production with all that it says of itself, as one that was restored from its files. */
beforeEach(async () => {
  production = await freshDatabase();
  await query(production.url, 'CREATE TABLE customer (id int PRIMARY KEY, name text)');
  await query(production.url, `INSERT INTO customer VALUES (1, 'Ada'), (2, 'Alan')`);
  await applyAs('production', 'shared', production.url);
  const name = `${new URL(production.url).pathname.slice(1)}_copy`;
  const at = new URL(production.url);
  at.pathname = '/postgres';
  await query(at.href, `CREATE DATABASE ${name} TEMPLATE ${new URL(production.url).pathname.slice(1)}`);
  at.pathname = `/${name}`;
  template = cloneOf('rehearsals', 'shop', at.href);
  directory = await mkdtemp(join(tmpdir(), 'switchback-adopt-'));
  config = join(directory, 'switchback.config.json');
  process.env['ADOPT_PRODUCTION_URL'] = production.url;
  await configure(template.url);
});
afterEach(async () => {
  await dropClone(template, notes);
  const at = new URL(production.url);
  at.pathname = '/postgres';
  await query(at.href, `DROP DATABASE IF EXISTS ${template.template} WITH (FORCE)`);
  await production.drop();
  await rm(directory, { recursive: true });
});

async function configure(url: string, more: object = {}): Promise<void> {
  const environments = {
    production: {
      kind: 'shared',
      databases: { main: { url: { env: 'ADOPT_PRODUCTION_URL' } } },
      records: { url: { env: 'RECORDS_URL' } },
    },
    rehearsals: { kind: 'drill', databases: { shop: { url } }, records: { url } },
    ...more,
  };
  await writeFile(config, JSON.stringify({ environments }));
}

const adopt = (...args: string[]) =>
  switchback(['drill', 'adopt', '--env', 'rehearsals', '--config', config, ...args]);

describe('drill adopt', () => {
  it('lets drills clone a copy of production, which they refused before it was adopted', async () => {
    await expect(makeClone(template, 'rehearsals', notes)).rejects.toThrow(
      /is marked as environment production, which is shared: a drill never touches it.*switchback drill adopt --env rehearsals/s,
    );
    const { code, stdout, stderr } = await adopt('--yes', '--as', 'ana', '-o', 'json');
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/PostgreSQL system +\d+/);
    expect(stderr).toContain('environment production, shared');
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'rehearsals',
      name: 'shop',
      adoptedBy: 'ana',
      found: {
        server: expect.stringMatching(/^\d+$/) as string,
        database: template.template,
        mark: { environment: 'production', kind: 'shared' },
        tables: 1,
        rows: 2,
        unlike: ['database main of production'],
        notAsked: [],
      },
    });
    await makeClone(template, 'rehearsals', notes);
    await expect(applyAs('rehearsals', 'drill', template.cloneUrl)).resolves.toBeDefined();
  });

  it('keeps every worker from the template itself: that of production, and that of the drills', async () => {
    expect((await adopt('--yes')).code).toBe(0);
    await expect(applyAs('production', 'shared', template.url)).rejects.toThrow(
      /it belongs to environment rehearsals, and this worker serves production/,
    );
    await expect(applyAs('rehearsals', 'drill', template.url)).rejects.toThrow(
      /marked by rehearsals as a template environment, and this worker says drill/,
    );
  });

  it('is for one drill environment, and for the very database that was looked at', async () => {
    expect((await adopt('--yes')).code).toBe(0);
    expect((await adopt('--yes')).code).toBe(0);
    await expect(makeClone(template, 'others', notes)).rejects.toThrow(
      /was adopted for drills of rehearsals/,
    );
    // As in a copy that has another name, or is on another server.
    await query(template.url, `UPDATE switchback.adopted SET server = '1'`);
    await expect(makeClone(template, 'rehearsals', notes)).rejects.toThrow(/the mark came along with a copy/);
  });

  it('refuses production itself, whatever it is called here', async () => {
    await configure(production.url);
    const { code, stderr } = await adopt('--yes');
    expect(code).toBe(3);
    expect(stderr).toContain('is database main of production itself: two names for one database');
    await expect(applyAs('production', 'shared', production.url)).resolves.toBeDefined();
  });

  it('refuses what bears the mark of an environment that cannot be asked whether this is it', async () => {
    delete process.env['ADOPT_PRODUCTION_URL'];
    const unset = await adopt('--yes');
    expect(unset.code).toBe(3);
    expect(unset.stderr).toContain('database main of production cannot be asked from here');
    await configure(template.url, { production: { kind: 'local', records: directory } });
    const unknown = await adopt('--yes');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('no database of production is in this configuration');
  });

  it('refuses what somebody is connected to, who is named', async () => {
    const guest = new pg.Client({ connectionString: template.url, application_name: 'a reporting tool' });
    await guest.connect();
    try {
      const { code, stderr } = await adopt('--yes');
      expect(code).toBe(3);
      expect(stderr).toMatch(/is in use by .* as a reporting tool/);
    } finally {
      await guest.end();
    }
  });

  it('marks nothing without a yes, and none that it does not know', async () => {
    const unasked = await adopt();
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('say --yes');
    const unknown = await adopt('orders', '--yes');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('use one of shop');
    await expect(makeClone(template, 'rehearsals', notes)).rejects.toThrow(
      /is marked as environment production/,
    );
  });

  it('refuses a clone, which drills throw away', async () => {
    expect((await adopt('--yes')).code).toBe(0);
    await makeClone(template, 'rehearsals', notes);
    await configure(template.cloneUrl);
    expect((await adopt('--yes')).stderr).toMatch(/whatever is called so is thrown away by drills/);
  });
});
