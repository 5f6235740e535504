import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { differencesOfDatabases } from '../snapshot/differences.js';
import { snapshotDatabase, type DatabaseSnapshot } from '../snapshot/database-snapshot.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { LocalDatabase, Write } from './options.js';
import { runSql, urlOf } from './sql.js';

const { escapeIdentifier } = pg;

/** Of every database that a drill makes: nothing else is called so. */
const prefix = 'switchback_drill_';

/** A database as it begins, from which each point gets a copy of its own. */
export interface Template {
  readonly name: string;
  /** A copy in which nothing has happened yet. */
  copy(): Promise<DatabaseCopy>;
  /** Removes the template; copies are dropped by themselves. */
  drop(): Promise<void>;
}

/** A database for one point. */
export interface DatabaseCopy {
  readonly name: string;
  readonly url: string;
  /** What clients write, once: the second call does nothing. What is refused is told with the differences. */
  write(candidateServed: boolean): Promise<void>;
  /** What is not as in a database that never saw the rollout, a sentence each. */
  differences(): Promise<string[]>;
  drop(): Promise<void>;
}

/**
 * Makes a database, and learns what it has to be afterwards: a second copy of it gets the clients' writes and no
 * rollout.
 *
 * @throws Refusal when what makes it, or what clients write, is no SQL that runs
 */
export async function makeTemplate(server: string, name: string, options: LocalDatabase): Promise<Template> {
  const { begin, searchPath, writes = [] } = options;
  const template = `${prefix}${randomBytes(6).toString('hex')}`;
  const drop = (database: string) =>
    runSql(server, `DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
  const clone = async () => {
    const copy = `${prefix}${randomBytes(6).toString('hex')}`;
    await cloneOf(server, name, template, copy);
    return copy;
  };
  await runSql(server, `CREATE DATABASE ${escapeIdentifier(template)}`);
  try {
    const url = urlOf(server, template, searchPath);
    await ran(`databases.${name}.begin`, () => (typeof begin === 'string' ? runSql(url, begin) : begin(url)));
    const expected = await withoutRollout(server, await clone(), { name, searchPath, writes }, drop);
    return {
      name,
      drop: () => drop(template),
      async copy() {
        const database = await clone();
        const copy = urlOf(server, database, searchPath);
        let written = false;
        const refused: string[] = [];
        return {
          name,
          url: copy,
          async write(candidateServed) {
            if (written) return;
            written = true;
            for (const write of writes)
              refused.push(...(await refusalOf(copy, sqlOf(write, candidateServed))));
          },
          differences: async () => [
            ...refused,
            ...differencesOfDatabases(expected, await snapshotDatabase(copy)),
          ],
          drop: () => drop(database),
        };
      },
    };
  } catch (error) {
    await drop(template);
    throw error;
  }
}

/** What is there when only clients write. */
async function withoutRollout(
  server: string,
  database: string,
  { name, searchPath, writes }: { name: string; searchPath: string | undefined; writes: readonly Write[] },
  drop: (database: string) => Promise<void>,
): Promise<DatabaseSnapshot> {
  const url = urlOf(server, database, searchPath);
  try {
    for (const [index, write] of writes.entries()) {
      await ran(`databases.${name}.writes[${index}]`, () => runSql(url, sqlOf(write, false)));
    }
    return await snapshotDatabase(url);
  } finally {
    await drop(database);
  }
}

/** Why a client's write is not taken any more, though it is where there is no rollout; empty when it is. */
async function refusalOf(url: string, sql: string): Promise<string[]> {
  try {
    await runSql(url, sql);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`a client could not write during the rollout: ${sql.trim()}: ${reason}`];
  }
}

function sqlOf(write: Write, candidateServed: boolean): string {
  if (typeof write === 'string') return write;
  return candidateServed ? write.candidate : write.baseline;
}

async function ran(thing: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      thing,
      `fails: ${reason}`,
      'correct it so that it runs on an empty PostgreSQL database',
    );
  }
}

async function cloneOf(server: string, name: string, template: string, copy: string): Promise<void> {
  try {
    await runSql(server, `CREATE DATABASE ${escapeIdentifier(copy)} TEMPLATE ${escapeIdentifier(template)}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '55006') throw error;
    throw new Refusal(
      `databases.${name}.begin`,
      'leaves a connection open: a database is copied only while nobody is connected to it',
      'end its clients before it returns',
    );
  }
}
