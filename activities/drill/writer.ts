import pg from 'pg';
import type { DrillStore } from '../records/drills.js';
import type { Place } from './places.js';
import type { Before, Scratch } from './world.js';

const { escapeIdentifier } = pg;

/** A row that can be written. */
interface Row {
  readonly place: Place;
  readonly key: string;
}

/**
 * Writes rows beside a rollout, as the application would: in the old shape, and while somebody has the candidate in the new
 * one, too. Every write is noted before it is made and when it was acknowledged, so that a worker which dies in between
 * leaves nothing of which nobody knows.
 */
export class Writer {
  readonly #rollout: string;
  readonly #drills: DrillStore;
  readonly #scratch: Scratch;
  readonly #rows: readonly Row[];
  readonly #clients = new Map<string, pg.Client>();
  #number: number;

  /** @param number the last write of this rollout so far, 0 where there is none */
  constructor(rollout: string, drills: DrillStore, scratch: Scratch, before: Before, number: number) {
    this.#rollout = rollout;
    this.#drills = drills;
    this.#scratch = scratch;
    this.#number = number;
    this.#rows = Object.values(before.databases).flatMap(({ written }) =>
      written.flatMap(({ place, rows }) => Object.keys(rows).map((key) => ({ place, key }))),
    );
  }

  /** Writes the next row. What the database refuses, as in a shape that is not there, was never written. */
  async write(isExposed: boolean): Promise<void> {
    const number = (this.#number += 1);
    const row = this.#rows[number % Math.max(1, this.#rows.length)];
    if (!row) return;
    const { place, key } = row;
    const client = await this.#clientOf(place.db);
    if (client === undefined) return;
    const asCandidate = isExposed && number % 2 === 0;
    const value = `Drill ${this.#rollout.slice(-8)} ${number}`;
    const given = asCandidate ? place.candidate.map((column) => `${column}-${number}`) : [value];
    try {
      const old = asCandidate ? await inOldShape(client, place, given) : value;
      await this.#drills.intend(this.#rollout, { number, place: place.id, key, value: old });
    } catch {
      return;
    }
    const columns = asCandidate ? place.candidate : [place.column];
    const sets = columns.map((column, index) => `${escapeIdentifier(column)} = $${index + 2}`);
    try {
      await client.query(
        `UPDATE ${place.table} SET ${sets.join(', ')} WHERE ${escapeIdentifier(place.key)}::text = $1`,
        [key, ...given],
      );
    } catch (error) {
      // Only what the server itself says was refused was not written.
      if (error instanceof pg.DatabaseError) await this.#drills.forget(this.#rollout, number);
      else this.#clients.delete(place.db);
      return;
    }
    await this.#drills.acknowledge(this.#rollout, number);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.end().catch(() => undefined)));
  }

  async #clientOf(db: string): Promise<pg.Client | undefined> {
    const known = this.#clients.get(db);
    if (known) return known;
    const url = this.#scratch.databases[db];
    if (url === undefined) return undefined;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'switchback drill: the application',
      // Shorter than an act waits for locks: the application gives way.
      statement_timeout: 2_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    this.#clients.set(db, client);
    return client;
  }
}

/** What a row in the new shape has to read in the old one, asked of the server beside the table. */
async function inOldShape(
  client: pg.Client,
  { candidate, back }: Place,
  given: readonly string[],
): Promise<string> {
  const columns = candidate.map((column, index) => `$${index + 1}::text AS ${escapeIdentifier(column)}`);
  const { rows } = await client.query<{ old: string }>(
    `SELECT (${back})::text AS old FROM (SELECT ${columns.join(', ')}) AS given`,
    [...given],
  );
  return rows[0]?.old ?? '';
}
