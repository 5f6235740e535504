import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { ClonedDatabase } from './names.js';

const { escapeIdentifier } = pg;

/** Bytes of the largest template that is cloned for each drill. */
const largest = 20 * 1024 ** 3;

/** Milliseconds for which somebody may still be leaving a template. */
const leaveWithin = 5_000;

/** Runs `work` on a connection of its own, with settings under which a row reads the same in every session. */
export async function withConnection<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
  application = 'switchback drill',
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: application,
    connectionTimeoutMillis: 5_000,
  });
  // Without a listener a connection that breaks between two statements would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1`);
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes a clone anew from its template, marked as the drill environment's own; one that is left of another drill goes.
 *
 * @throws Refusal when the template is of a shared environment, too large, or somebody is connected to it
 */
export async function makeClone(database: ClonedDatabase, environment: string): Promise<void> {
  const { name, url, template, clone, cloneUrl } = database;
  const { bytes } = await withConnection(url, (client) => examine(client, name));
  if (bytes > largest) {
    throw new Refusal(
      `template ${template} of ${name}`,
      `holds ${Math.round(bytes / 1024 ** 3)} GB, and at most ${largest / 1024 ** 3} GB are cloned for a drill`,
      'make a smaller template with its foreign keys kept, and name that',
    );
  }
  await withConnection(maintenanceOf(url), async (client) => {
    await drop(client, clone);
    await refuseGuests(client, name, template);
    await client
      .query(`CREATE DATABASE ${escapeIdentifier(clone)} TEMPLATE ${escapeIdentifier(template)}`)
      .catch(async (error: unknown) => {
        // Somebody came in between.
        await refuseGuests(client, name, template);
        throw error;
      });
  });
  await withConnection(cloneUrl, (client) => mark(client, environment));
}

/** Throws a clone away; does nothing when it is not there. */
export async function dropClone({ url, clone }: ClonedDatabase): Promise<void> {
  await withConnection(maintenanceOf(url), (client) => drop(client, clone));
}

async function drop(client: pg.Client, clone: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(clone)} WITH (FORCE)`);
}

/** On the same server; no clone can be made from within its template. */
function maintenanceOf(url: string): string {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.href;
}

/** What the template itself says it is: a name in a configuration may be wrong. */
async function examine(client: pg.Client, name: string): Promise<{ readonly bytes: number }> {
  const { rows: there } = await client.query<{ there: boolean; bytes: string; database: string }>(
    `SELECT to_regclass('switchback.environment') IS NOT NULL AS there, current_database() AS database,
        pg_database_size(current_database())::text AS bytes`,
  );
  const [found] = there;
  if (found?.there) {
    const { rows } = await client.query<{ name: string; kind: string | null }>(
      `SELECT e.name, to_jsonb(e) ->> 'kind' AS kind FROM switchback.environment e`,
    );
    const shared = rows.find(({ kind }) => kind === 'shared');
    if (shared) {
      throw new Refusal(
        `database ${found.database} of ${name}`,
        `is marked as environment ${shared.name}, which is shared: a drill never touches it`,
        'name a copy of it, which nobody else uses, in the drill environment',
      );
    }
  }
  return { bytes: Number(found?.bytes ?? 0) };
}

/** Sessions that end just now are waited for: our own look at the template is one of them. */
async function refuseGuests(client: pg.Client, name: string, template: string): Promise<void> {
  let guests = await guestsOf(client, template);
  for (const until = performance.now() + leaveWithin; guests.length > 0; await sleep(100)) {
    if (performance.now() >= until) break;
    guests = await guestsOf(client, template);
  }
  if (guests.length === 0) return;
  throw new Refusal(
    `template ${template} of ${name}`,
    `is in use by ${guests.join(', ')}: PostgreSQL clones only what nobody is connected to`,
    'end these sessions, or name a copy that nobody uses',
  );
}

async function guestsOf(client: pg.Client, template: string): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    `SELECT usename || coalesce(' from ' || host(client_addr), '') || coalesce(' as ' || nullif(application_name, ''), '') AS who
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [template],
  );
  return rows.map(({ who }) => who);
}

/** From now on only this drill environment may change it: every apply reads it. */
async function mark(client: pg.Client, environment: string): Promise<void> {
  await client.query(`
    BEGIN;
    CREATE SCHEMA IF NOT EXISTS switchback;
    CREATE TABLE IF NOT EXISTS switchback.environment (name text NOT NULL, kind text);
    ALTER TABLE switchback.environment ADD COLUMN IF NOT EXISTS kind text;
    DELETE FROM switchback.environment;
    INSERT INTO switchback.environment (name, kind) VALUES (${pg.escapeLiteral(environment)}, 'drill');
    COMMIT`);
}
