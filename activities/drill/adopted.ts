import type pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import { systemIdentifier } from '../postgres/catalogue.js';

/** The kind in the mark of a database that was adopted as a template: no worker of any kind changes such a one. */
export const templateKind = 'template';

/** Whose a database says it is. */
export interface TemplateMark {
  readonly environment: string;
  /** `local`, `shared`, `drill`, or `template` when it was adopted; null where a build that knew no kinds wrote it. */
  readonly kind: string | null;
}

/** What is noted of an adoption: as what it was adopted, so that a dump of it elsewhere is no template. */
interface Adoption {
  readonly server: string;
  readonly database: string;
}

/** Whose a database says it is; undefined where nobody has marked it. */
export async function markOf(client: pg.Client): Promise<TemplateMark | undefined> {
  if (!(await isThere(client, 'switchback.environment'))) return undefined;
  // As JSON, so that a table without the column can be read, too.
  const { rows } = await client.query<TemplateMark>(
    `SELECT e.name AS environment, to_jsonb(e) ->> 'kind' AS kind FROM switchback.environment e
      ORDER BY (to_jsonb(e) ->> 'kind') = 'shared' DESC NULLS FIRST`,
  );
  return rows[0];
}

/**
 * Refuses what may be production: what a shared environment has marked and nobody has adopted, and what was adopted for
 * other drills, or as another database than it is now.
 */
export async function requireTemplate(client: pg.Client, thing: string, environment: string): Promise<void> {
  const mark = await markOf(client);
  if (mark === undefined || mark.kind === 'local') return;
  if (mark.kind !== templateKind) {
    const kind = mark.kind === null ? 'of which nobody knows the kind' : `which is ${mark.kind}`;
    throw new Refusal(
      thing,
      `is marked as environment ${mark.environment}, ${kind}: a drill never touches it`,
      `name a copy of it, which nobody else uses, in the drill environment; where this is one: switchback drill adopt --env ${environment}`,
    );
  }
  if (mark.environment !== environment) {
    throw new Refusal(
      thing,
      `was adopted for drills of ${mark.environment}, and not of ${environment}`,
      `make a copy for ${environment}, and adopt that`,
    );
  }
  const was = await adoptionOf(client);
  const is = await identityOf(client, thing);
  if (was?.server === is.server && was.database === is.database) return;
  throw new Refusal(
    thing,
    `was adopted as database ${was?.database} of server ${was?.server}, and is ${is.database} of ${is.server}: the mark came along with a copy`,
    `look what it is: switchback drill adopt --env ${environment}`,
  );
}

/** Which database of which server this is. Throws `Refusal` when the role may not know. */
export async function identityOf(client: pg.Client, thing: string): Promise<Adoption> {
  const server = await systemIdentifier(client);
  const { rows } = await client.query<{ database: string }>('SELECT current_database()::text AS database');
  if (server !== null) return { server, database: rows[0]?.database ?? '' };
  throw new Refusal(
    thing,
    "does not tell this role which server it is on: it may not read PostgreSQL's system identifier",
    'GRANT EXECUTE ON FUNCTION pg_control_system() TO the role of its url',
  );
}

/** Marks a database as a template of drills of one environment, in the place of whatever mark it had. */
export async function writeAdoption(
  client: pg.Client,
  environment: string,
  { server, database }: Adoption,
  by: string,
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS switchback;
      CREATE TABLE IF NOT EXISTS switchback.environment (name text NOT NULL, kind text);
      ALTER TABLE switchback.environment ADD COLUMN IF NOT EXISTS kind text;
      CREATE TABLE IF NOT EXISTS switchback.adopted (server text NOT NULL, database text NOT NULL,
        adopted_by text NOT NULL, adopted_at timestamptz NOT NULL DEFAULT now());
      DELETE FROM switchback.environment;
      DELETE FROM switchback.adopted`);
    await client.query('INSERT INTO switchback.environment (name, kind) VALUES ($1, $2)', [
      environment,
      templateKind,
    ]);
    await client.query('INSERT INTO switchback.adopted (server, database, adopted_by) VALUES ($1, $2, $3)', [
      server,
      database,
      by,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function adoptionOf(client: pg.Client): Promise<Adoption | undefined> {
  if (!(await isThere(client, 'switchback.adopted'))) return undefined;
  const { rows } = await client.query<Adoption>('SELECT server, database FROM switchback.adopted');
  return rows[0];
}

async function isThere(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  return rows[0]?.there === true;
}
