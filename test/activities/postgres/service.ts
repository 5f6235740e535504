import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Shop } from './given.js';

/** What one version of the service was told is stored. */
export type Written =
  | { readonly by: 'baseline'; readonly full: string }
  | { readonly by: 'candidate'; readonly first: string; readonly last: string };

/** A service: how late it notices its flag, how long its requests last, and how many rows it writes. */
export interface ServiceOptions {
  readonly keys: number;
  /** Milliseconds for which it serves the candidate although the flag went back. */
  readonly late: number;
  /** Milliseconds that a transaction stays open after its write, at most. */
  readonly lasts: number;
}

/** How a column that is not there, or not any more, is told. */
const undefinedColumn = '42703';

/**
 * Writes rows without a pause, each key one write after the other, in the version that it believes its flag to say. What
 * was acknowledged stands in `stored`, the newest for each key.
 */
export class Service {
  readonly stored = new Map<number, Written>();
  /** Writes of the candidate that were stored, and that found its columns gone. */
  readonly candidate = { stored: 0, failed: 0 };
  #seen = 0;
  /** What it has not noticed yet. */
  readonly #unnoticed = new Set<Promise<void>>();
  #underWay = 0;
  #stopped = false;
  #number = 0;
  readonly #loops: Promise<void>[];
  readonly #place: Shop;
  readonly #options: ServiceOptions;

  constructor(place: Shop, options: ServiceOptions) {
    this.#place = place;
    this.#options = options;
    this.#loops = Array.from({ length: options.keys }, (_, index) => this.#write(index + 1));
  }

  /** Whether anybody is served the candidate: by a request that is under way, or by the next. */
  get servesCandidate(): boolean {
    return this.#underWay > 0 || this.#seen > 0;
  }

  /** The flag has changed: more is noticed at once, less only late. */
  hear(percent: number): void {
    if (percent >= this.#seen) {
      this.#seen = percent;
      return;
    }
    const noticing = sleep(this.#options.late).then(() => {
      this.#seen = percent;
      this.#unnoticed.delete(noticing);
    });
    this.#unnoticed.add(noticing);
  }

  /** Waits until it has noticed whatever it was told, however late. */
  async noticed(): Promise<void> {
    while (this.#unnoticed.size > 0) await Promise.all(this.#unnoticed);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  async #write(key: number): Promise<void> {
    const client = await this.#place.pool.connect();
    try {
      while (!this.#stopped) {
        const candidate = key * (100 / this.#options.keys) <= this.#seen;
        const failed = this.candidate.failed;
        if (candidate) await this.#writeAs(client, key, this.#aCandidate(key));
        else await this.#writeAs(client, key, { by: 'baseline', full: `Base${(this.#number += 1)} Line` });
        // Half of them are given up at once, so that the last word of the candidate is the last word.
        if (key % 2 === 0 && this.candidate.failed > failed) return;
        await sleep(1 + (key % 3));
      }
    } finally {
      client.release();
    }
  }

  async #writeAs(client: pg.ClientBase, key: number, written: Written): Promise<void> {
    const isCandidate = written.by === 'candidate';
    if (isCandidate) this.#underWay += 1;
    try {
      await client.query('BEGIN');
      await client.query(...statementFor(key, written));
      if (this.#number % 7 === 0) await sleep(this.#options.lasts);
      await client.query('COMMIT');
      this.stored.set(key, written);
      if (isCandidate) this.candidate.stored += 1;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!(error instanceof pg.DatabaseError)) throw error;
      if (isCandidate && error.code === undefinedColumn) this.candidate.failed += 1;
    } finally {
      if (isCandidate) this.#underWay -= 1;
    }
  }

  /** Every second key has names that the old shape cannot express. */
  #aCandidate(key: number): Written {
    const number = (this.#number += 1);
    return { by: 'candidate', first: key % 2 === 0 ? `Mary ${number}` : `Ada${number}`, last: 'Evans' };
  }
}

function statementFor(key: number, written: Written): [string, unknown[]] {
  if (written.by === 'baseline') {
    return [
      `INSERT INTO customer (id, full_name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET full_name = $2`,
      [key, written.full],
    ];
  }
  return [
    `INSERT INTO customer (id, first_name, last_name) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET first_name = $2, last_name = $3`,
    [key, written.first, written.last],
  ];
}
