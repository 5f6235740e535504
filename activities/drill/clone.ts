import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import { systemIdentifier } from '../postgres/catalogue.js';
import type { ScratchNotes } from '../records/drills.js';
import type { ClonedDatabase } from './names.js';
import { examineTemplate, otherName, refuseGuests } from './template.js';

const { escapeIdentifier } = pg;

/** PostgreSQL: there is a database of this name. */
const duplicate = '42P04';

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
 * Makes a clone anew from its template, marked as the drill environment's own; one that is left of another drill of the
 * same records goes.
 *
 * @param notes which clones are a drill's: it is noted before there is one, so that one that was killed left no doubt
 * @throws Refusal when the template is not fit, somebody is connected to it, or a database of the clone's name is there that
 *   no drill has made
 */
export async function makeClone(
  database: ClonedDatabase,
  environment: string,
  notes: ScratchNotes,
): Promise<void> {
  const { name, url, template, clone, cloneUrl } = database;
  const { server } = await withConnection(url, (client) => examineTemplate(client, database, environment));
  const made = await withConnection(maintenanceOf(url), async (client) => {
    const here = await systemIdentifier(client);
    if (areTwo(here, server)) throw otherName(`template ${template} of ${name}`, '');
    const thing = thingOf(here, clone);
    const known = await notes.has(thing);
    if (!known && (await oidOf(client, clone)) !== undefined) throw notOurs(clone);
    await notes.add(thing);
    await drop(client, clone);
    await refuseGuests(client, name, template);
    await client
      .query(`CREATE DATABASE ${escapeIdentifier(clone)} TEMPLATE ${escapeIdentifier(template)}`)
      .catch(async (error: unknown) => {
        if (error instanceof pg.DatabaseError && error.code === duplicate) {
          if (!known) await notes.remove(thing);
          throw notOurs(clone);
        }
        // Somebody came in between.
        await refuseGuests(client, name, template);
        throw error;
      });
    return { server: here, oid: await oidOf(client, clone) };
  });
  await withConnection(cloneUrl, (client) => mark(client, clone, made, environment));
}

/** Throws a clone away; does nothing when it is not there, or no drill has made it. */
export async function dropClone({ url, clone }: ClonedDatabase, notes: ScratchNotes): Promise<void> {
  await withConnection(maintenanceOf(url), async (client) => {
    const thing = thingOf(await systemIdentifier(client), clone);
    if (!(await notes.has(thing))) return;
    await drop(client, clone);
    await notes.remove(thing);
  });
}

async function drop(client: pg.Client, clone: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(clone)} WITH (FORCE)`);
}

function notOurs(clone: string): Refusal {
  return new Refusal(
    `database ${clone}`,
    'is there, and no drill of these records has made it: a drill throws away only what it made itself',
    'drop it if nobody needs it; where another installation drills on this server, give one environment another name',
  );
}

function thingOf(server: string | null, clone: string): string {
  return `database ${server ?? 'of some server'}/${clone}`;
}

/** Whether two servers are known not to be one: each of its databases says itself who may read which server it is. */
function areTwo(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

async function oidOf(client: pg.Client, database: string): Promise<number | undefined> {
  const { rows } = await client.query<{ oid: number }>('SELECT oid FROM pg_database WHERE datname = $1', [
    database,
  ]);
  return rows[0]?.oid;
}

/** On the same server; no clone can be made from within its template. */
function maintenanceOf(url: string): string {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.href;
}

/** What was made, as the server knows it. */
interface Made {
  readonly server: string | null;
  readonly oid: number | undefined;
}

/**
 * From now on only this drill environment may change it: every apply reads it. Only what was made just now is marked,
 * whatever the url of the clone leads to.
 */
async function mark(
  client: pg.Client,
  clone: string,
  { server, oid }: Made,
  environment: string,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const name = rows[0]?.name ?? '';
  const same = name === clone && (await oidOf(client, name)) === oid;
  if (!same || areTwo(await systemIdentifier(client), server)) throw otherName(`clone ${clone}`, name);
  await client.query(`
    BEGIN;
    CREATE SCHEMA IF NOT EXISTS switchback;
    CREATE TABLE IF NOT EXISTS switchback.environment (name text NOT NULL, kind text);
    ALTER TABLE switchback.environment ADD COLUMN IF NOT EXISTS kind text;
    DELETE FROM switchback.environment;
    INSERT INTO switchback.environment (name, kind) VALUES (${pg.escapeLiteral(environment)}, 'drill');
    COMMIT`);
}
