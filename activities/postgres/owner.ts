import pg from 'pg';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Kind } from '../../src/protocol/kind.js';
import type { Database, Tx } from './database.js';

const { escapeLiteral } = pg;

/** Whose a database is: written when an environment uses it first. */
export interface Owner {
  readonly environment: string;
  /** In a shared one only signed decisions count: nobody's own machine works on what it has used. */
  readonly kind: Kind;
}

/** Writes whose the database is, where nobody has yet; but that it is a drill's only the drill writes that has made it. */
export function ownerSchema({ environment, kind }: Owner): string {
  const values = `${escapeLiteral(environment)}, ${escapeLiteral(kind)}`;
  return `
  CREATE TABLE IF NOT EXISTS switchback.environment (name text NOT NULL, kind text);
  INSERT INTO switchback.environment (name, kind) SELECT ${values}
    WHERE ${kind !== 'drill'} AND NOT EXISTS (SELECT FROM switchback.environment);`;
}

/** Adds the kind to the mark of a build that did not know any. */
export async function markKind(tx: Tx, { kind }: Owner): Promise<void> {
  if (kind === 'drill' || (await readMark(tx))?.kind !== null) return;
  await tx.query('ALTER TABLE switchback.environment ADD COLUMN IF NOT EXISTS kind text');
  await tx.query('UPDATE switchback.environment SET kind = $1 WHERE kind IS NULL', [kind]);
}

/** Refuses a database that was first used by another environment, or by one of another kind: a url in the wrong place. */
export async function requireOwner(tx: Tx, { place, environment, kind }: Database): Promise<void> {
  const mark = await readMark(tx);
  if (mark === undefined) {
    if (kind !== 'drill') return;
    throw new Refusal(
      `database ${place}`,
      `nobody has made it for drills, and this worker of ${environment} changes nothing else`,
      'let "switchback drill run" make it: it clones what the configuration names',
    );
  }
  if (mark.name !== environment) {
    throw new Refusal(
      `database ${place}`,
      `it belongs to environment ${mark.name}, and this worker serves ${environment}`,
      "correct the worker's url; if this is a copy, write its own name to switchback.environment",
    );
  }
  if ((mark.kind === null && kind !== 'drill') || mark.kind === kind) return;
  throw new Refusal(
    `database ${place}`,
    `it was marked by ${environment} as a ${mark.kind ?? 'nameless'} environment, and this worker says ${kind}`,
    'correct the url, or "kind"; if this is a copy, write its own kind to switchback.environment',
  );
}

interface Mark {
  readonly name: string;
  /** Null where a build that knew no kinds made it. */
  readonly kind: string | null;
}

async function readMark(tx: Tx): Promise<Mark | undefined> {
  const { rows: found } = await tx.query<{ there: boolean }>(
    `SELECT to_regclass('switchback.environment') IS NOT NULL AS there`,
  );
  if (found[0]?.there !== true) return undefined;
  // As JSON, so that a table without the column can be read, too.
  const { rows } = await tx.query<Mark>(
    `SELECT e.name, to_jsonb(e) ->> 'kind' AS kind FROM switchback.environment e`,
  );
  return rows[0];
}
