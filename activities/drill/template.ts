import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import { systemIdentifier } from '../postgres/catalogue.js';
import { requireTemplate } from './adopted.js';
import type { ClonedDatabase } from './names.js';

/** Bytes of the largest template that is cloned for each drill. */
const largest = 20 * 1024 ** 3;

/** Milliseconds for which somebody may still be leaving a template. */
const leaveWithin = 5_000;

/** What a template says of itself. */
export interface Template {
  /** PostgreSQL's own identifier of its server; null where the role may not read it. */
  readonly server: string | null;
}

/**
 * Looks at what is to be cloned: a name in a configuration may be wrong.
 *
 * @throws Refusal when it may be that of a shared environment, is too large, leads out of its own database, or is another one than the
 *   server knows by its name
 */
export async function examineTemplate(
  client: pg.Client,
  { name, template }: Pick<ClonedDatabase, 'name' | 'template'>,
  environment: string,
): Promise<Template> {
  const { rows } = await client.query<{ bytes: string; database: string }>(
    `SELECT current_database() AS database, pg_database_size(current_database())::text AS bytes`,
  );
  const { bytes = '0', database = '' } = rows[0] ?? {};
  if (database !== template) throw otherName(`template ${template} of ${name}`, database);
  await requireTemplate(client, `database ${database} of ${name}`, environment);
  if (Number(bytes) > largest) {
    throw new Refusal(
      `template ${template} of ${name}`,
      `holds ${Math.round(Number(bytes) / 1024 ** 3)} GB, and at most ${largest / 1024 ** 3} GB are cloned for a drill`,
      'make a smaller template with its foreign keys kept, and name that',
    );
  }
  await refuseWaysOut(client, name, template);
  return { server: await systemIdentifier(client) };
}

/** Somebody between here and the server, as a pooler, gives databases other names than they have. */
export function otherName(thing: string, database: string): Refusal {
  return new Refusal(
    thing,
    `is ${database || 'another database'} when it is reached by its url: two names for one database`,
    'let the url lead to the server itself, and not through a pooler that gives databases other names',
  );
}

/** A clone has its template's foreign servers, with their passwords: what a trigger writes there is no clone's. */
async function refuseWaysOut(client: pg.Client, name: string, template: string): Promise<void> {
  const { rows } = await client.query<{ server: string }>(
    `SELECT srvname::text AS server FROM pg_foreign_server ORDER BY 1`,
  );
  if (rows.length === 0) return;
  throw new Refusal(
    `template ${template} of ${name}`,
    `reaches other databases through foreign server ${rows.map(({ server }) => server).join(', ')}, and so would its clone`,
    'drop it in the template: DROP SERVER ... CASCADE',
  );
}

/** Sessions that end just now are waited for: our own look at the template is one of them. */
export async function refuseGuests(client: pg.Client, name: string, template: string): Promise<void> {
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

/** Who is connected to a database, but for the session that asks. One whose kind this role may not see counts, too. */
async function guestsOf(client: pg.Client, template: string): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    `SELECT usename || coalesce(' from ' || host(client_addr), '') || coalesce(' as ' || nullif(application_name, ''), '') AS who
       FROM pg_stat_activity
      WHERE datname = $1 AND coalesce(backend_type, 'client backend') = 'client backend' AND pid <> pg_backend_pid()`,
    [template],
  );
  return rows.map(({ who }) => who);
}
