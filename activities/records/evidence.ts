import type pg from 'pg';
import type { RecordedReading } from '../../src/analysis/judge-window.js';
import { evidenceKept } from '../../src/engine/plan/plan.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import { dayOf, daysBetween, dropOldDays, isoOf, makeDay } from './evidence/days.js';
import { pickReadings, spansOf, withoutRepeats } from './evidence/membership.js';

/** What the sentinel puts down. */
export type EvidenceEntry =
  /** A reading made for one subscription. */
  | { readonly rollout: string; readonly reading: RecordedReading }
  /** From `at` (milliseconds since the epoch) on, the readings of a series are this guard's for the subscription. */
  | {
      readonly rollout: string;
      readonly subscription: number;
      readonly guard: string;
      readonly series: string;
      readonly at: number;
    }
  /** A reading made once for all who joined the series. */
  | { readonly series: string; readonly reading: GuardReading };

/** Readings outside of workflow histories. */
export interface EvidenceStore {
  append(entries: readonly EvidenceEntry[]): Promise<void>;
  /** The readings of a rollout from `from` to `to` (milliseconds since the epoch, both inclusive), oldest first. */
  window(rollout: string, from: number, to: number): Promise<RecordedReading[]>;
  /** The same window in parts, oldest first: weeks of it need not be in memory at once. */
  parts(rollout: string, from: number, to: number): AsyncIterable<readonly RecordedReading[]>;
}

/** Settings of the store. */
export interface EvidenceOptions {
  /** Days for which evidence is kept; as long as the longest watch when absent. */
  readonly keepDays?: number;
}

const defaultKeepDays = evidenceKept / 86_400_000;
/** Rows in one statement: well within its deadline. */
const rowsAtOnce = 5_000;

/**
 * Evidence as rows, in a partition for each day (UTC), which can be read without the others. What was written twice,
 * because an answer was lost, counts once.
 */
export function evidenceStore(
  pool: pg.Pool,
  { keepDays = defaultKeepDays }: EvidenceOptions = {},
): EvidenceStore {
  const made = new Set<number>();

  async function prepare(at: number): Promise<void> {
    const today = dayOf(at);
    if (made.has(today.from)) return;
    await makeDay(pool, today);
    made.add(today.from);
    // What is written counts, whatever becomes of the old.
    void dropOldDays(pool, at, keepDays).catch(() => undefined);
  }

  async function read(key: string, from: number, to: number): Promise<unknown[]> {
    const { rows } = await pool.query<{ value: unknown }>(
      'SELECT value FROM switchback.evidence WHERE key = $1 AND at >= $2 AND at < $3 ORDER BY at',
      [key, isoOf(from), isoOf(to)],
    );
    return rows.map(({ value }) => value);
  }

  async function* parts(rollout: string, from: number, to: number): AsyncGenerator<RecordedReading[]> {
    for (const day of daysBetween(from, to)) {
      const { own, series } = spansOf(await read(rolloutKey(rollout), day.from, day.to));
      const found = [...own];
      const [begin, end] = [Math.max(day.from, from), Math.min(day.to, Math.floor(to) + 1)];
      for (const [name, joined] of series) {
        const readings = await read(seriesKey(name), begin, end);
        for (const reading of pickReadings(joined, readings)) found.push(reading);
      }
      yield withoutRepeats(found.filter(({ at }) => at >= from && at <= to));
    }
  }

  return {
    async append(entries) {
      const rows = entries.map(rowOf);
      for (const at of new Set(rows.map((row) => dayOf(row.at).from))) await prepare(at);
      for (let start = 0; start < rows.length; start += rowsAtOnce) {
        await insert(pool, rows.slice(start, start + rowsAtOnce));
      }
    },

    parts,

    async window(rollout, from, to) {
      const found: RecordedReading[] = [];
      for await (const part of parts(rollout, from, to)) for (const reading of part) found.push(reading);
      return found;
    },
  };
}

interface Row {
  readonly key: string;
  readonly at: number;
  readonly value: unknown;
}

async function insert(pool: pg.Pool, rows: readonly Row[]): Promise<void> {
  await pool.query(
    `INSERT INTO switchback.evidence (key, at, value)
      SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::json[])`,
    [
      rows.map(({ key }) => key),
      rows.map(({ at }) => isoOf(at)),
      rows.map(({ value }) => JSON.stringify(value)),
    ],
  );
}

const rolloutKey = (rollout: string) => `rollout/${rollout}`;
const seriesKey = (series: string) => `series/${series}`;

function rowOf(entry: EvidenceEntry): Row {
  if (!('rollout' in entry))
    return { key: seriesKey(entry.series), at: entry.reading.at, value: entry.reading };
  const { rollout, ...joined } = entry;
  if (!('reading' in joined)) return { key: rolloutKey(rollout), at: joined.at, value: joined };
  return { key: rolloutKey(rollout), at: joined.reading.at, value: joined.reading };
}
