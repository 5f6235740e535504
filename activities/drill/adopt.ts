import { randomInt } from 'node:crypto';
import type pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import { identityOf, markOf, templateKind, writeAdoption, type TemplateMark } from './adopted.js';
import { withConnection } from './clone.js';
import { refuseGuests } from './template.js';

/** A database that is to be a template. */
export interface Candidate {
  /** As plans call it. */
  readonly name: string;
  readonly url: string;
  /** The drill environment that wants it. */
  readonly environment: string;
}

/** A database that people use: the candidate must not be it. */
export interface InUse {
  readonly environment: string;
  readonly name: string;
  /** Undefined where this machine does not know it, such as when a variable is not set. */
  readonly url: string | undefined;
}

/** What was found of a database. */
export interface Found {
  /** PostgreSQL's own identifier of the server. A restored physical copy has that of production. */
  readonly server: string;
  readonly database: string;
  readonly mark?: TemplateMark;
  readonly bytes: number;
  readonly tables: number;
  /** Rows of all tables, as PostgreSQL estimates them. */
  readonly rows: number;
  /** Databases of other environments that it was seen not to be, and those that could not be asked. */
  readonly unlike: readonly string[];
  readonly notAsked: readonly string[];
}

/**
 * Reads what a database is, and changes nothing.
 *
 * @param inUse databases of every environment that is no drill environment
 * @throws Refusal when it must not become a template: it is in use, is a standby or a clone, is one of those databases
 *   itself, or bears the mark of an environment that cannot be asked
 */
export async function lookAt(candidate: Candidate, inUse: readonly InUse[]): Promise<Found> {
  const thing = `database ${candidate.name} of ${candidate.environment}`;
  return withConnection(candidate.url, async (client) => {
    const identity = await identityOf(client, thing);
    const mark = await markOf(client);
    refuseMark(thing, mark, candidate.environment);
    await refuseStandby(client, thing);
    const compared = await compare(client, thing, inUse);
    if (mark && mark.kind !== templateKind) refuseUnknown(thing, mark, inUse, compared.notAsked);
    await refuseGuests(client, candidate.name, identity.database);
    return { ...identity, ...(mark && { mark }), ...(await sizeOf(client)), ...compared };
  });
}

/** Writes the mark, if the database is still what was shown. */
export async function adopt(
  candidate: Candidate,
  inUse: readonly InUse[],
  shown: Found,
  by: string,
): Promise<void> {
  const now = await lookAt(candidate, inUse);
  const same = (['server', 'database'] as const).every((one) => now[one] === shown[one]);
  if (!same || JSON.stringify(now.mark) !== JSON.stringify(shown.mark)) {
    throw new Refusal(
      `database ${candidate.name} of ${candidate.environment}`,
      'is no longer what was shown',
      'look again: nothing was written',
    );
  }
  await withConnection(candidate.url, (client) => writeAdoption(client, candidate.environment, now, by));
}

function refuseMark(thing: string, mark: TemplateMark | undefined, environment: string): void {
  if (mark?.kind === 'drill') {
    throw new Refusal(
      thing,
      `is a clone of drills of ${mark.environment}`,
      'name the template it is made of',
    );
  }
  if (mark?.kind === templateKind && mark.environment !== environment) {
    throw new Refusal(
      thing,
      `was adopted for drills of ${mark.environment}`,
      `make a copy of it for ${environment}: a template is of one drill environment`,
    );
  }
}

/** What follows production is production a moment later. */
async function refuseStandby(client: pg.Client, thing: string): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  if (rows[0]?.standby !== true) return;
  throw new Refusal(
    thing,
    'is a standby, and follows another server',
    'promote it, or name a copy that follows nobody',
  );
}

/** A mark came along with a copy, or this is what was marked: only whom it names can tell. */
function refuseUnknown(
  thing: string,
  mark: TemplateMark,
  inUse: readonly InUse[],
  notAsked: readonly string[],
): void {
  const theirs = inUse.filter(({ environment }) => environment === mark.environment);
  const silent = theirs.map(nameOf).filter((name) => notAsked.includes(name));
  if (theirs.length > 0 && silent.length === 0) return;
  const why =
    theirs.length === 0
      ? `no database of ${mark.environment} is in this configuration`
      : `${silent.join(', ')} cannot be asked from here`;
  throw new Refusal(
    thing,
    `is marked as environment ${mark.environment}, and may be it: ${why}`,
    `let this configuration name the databases of ${mark.environment}, and set their variables, so that they can be told apart`,
  );
}

/** Whether it is one of those that people use, under another name: a lock that is held in it is seen in them. */
async function compare(
  client: pg.Client,
  thing: string,
  inUse: readonly InUse[],
): Promise<Pick<Found, 'unlike' | 'notAsked'>> {
  const key = [randomInt(2 ** 31 - 1), randomInt(2 ** 31 - 1)];
  await client.query('SELECT pg_advisory_lock($1, $2)', key);
  const unlike: string[] = [];
  const notAsked: string[] = [];
  for (const other of inUse) {
    const same = other.url === undefined ? undefined : await seesLock(other.url, key);
    if (same === true) {
      throw new Refusal(
        thing,
        `is ${nameOf(other)} itself: two names for one database`,
        'name a copy of it, which nobody else uses',
      );
    }
    (same === undefined ? notAsked : unlike).push(nameOf(other));
  }
  await client.query('SELECT pg_advisory_unlock($1, $2)', key);
  return { unlike, notAsked };
}

/** Undefined when it cannot be asked. */
async function seesLock(url: string, key: readonly number[]): Promise<boolean | undefined> {
  try {
    return await withConnection(url, async (other) => {
      const { rows } = await other.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [...key],
      );
      return rows.length > 0;
    });
  } catch {
    return undefined;
  }
}

function nameOf({ environment, name }: InUse): string {
  return `database ${name} of ${environment}`;
}

async function sizeOf(client: pg.Client): Promise<Pick<Found, 'bytes' | 'tables' | 'rows'>> {
  const { rows: tables } = await client.query<{ name: string; rows: number }>(
    `SELECT c.oid::regclass::text AS name, c.reltuples::float8 AS rows FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'switchback')`,
  );
  let rows = 0;
  for (const table of tables) rows += table.rows < 0 ? await countOf(client, table.name) : table.rows;
  const { rows: size } = await client.query<{ bytes: string }>(
    'SELECT pg_database_size(current_database())::text AS bytes',
  );
  return { bytes: Number(size[0]?.bytes), tables: tables.length, rows };
}

/** Of a table of which PostgreSQL has no estimate yet. `table` is quoted by PostgreSQL itself. */
async function countOf(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(`SELECT count(*)::text AS rows FROM ${table}`);
  return Number(rows[0]?.rows);
}
