import { join } from 'node:path';
import type { RecordedReading } from '../../src/analysis/judge-window.js';
import { evidenceKept } from '../../src/engine/plan.js';
import type { GuardReading } from '../../src/engine/ports.js';
import { dayOf, daysBetween, pruneDays } from './evidence/days.js';
import { pickReadings, spansOf, withoutRepeats } from './evidence/membership.js';
import { sortAbandoned } from './evidence/sort.js';
import { readKey, tailsOf } from './evidence/tail.js';
import { TailWriter } from './evidence/tail-writer.js';

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
  /**
   * The readings of a rollout from `from` to `to` (milliseconds since the epoch, both inclusive), oldest first.
   * Passes older than the last minutes may have lost their reason.
   */
  window(rollout: string, from: number, to: number): Promise<RecordedReading[]>;
  /** The same window in parts, oldest first: weeks of it need not be in memory at once. */
  parts(rollout: string, from: number, to: number): AsyncIterable<readonly RecordedReading[]>;
}

/** Settings of the store. */
export interface EvidenceOptions {
  /** Days for which evidence is kept; as long as the longest watch when absent. */
  readonly keepDays?: number;
  /** Milliseconds after which what was written is sorted by rollout and series; 10 minutes when absent. */
  readonly sortAfter?: number;
}

const defaultKeepDays = evidenceKept / 86_400_000;
const defaultSortAfter = 600_000;

/**
 * Evidence as JSON lines in `directory`, in a directory for each day (UTC). What comes is appended to one tail, whoever
 * it is for; tails are sorted into a file for each rollout and series later. Whoever reads looks at the tails first, so
 * that nothing is missed that is being sorted meanwhile. A line torn by a crash is passed over: a reading that is
 * missing is a gap in the evidence, never a pass.
 */
export function createEvidenceStore(directory: string, options: EvidenceOptions = {}): EvidenceStore {
  const { keepDays = defaultKeepDays, sortAfter = defaultSortAfter } = options;
  const writers = new Map<string, TailWriter>();

  const writerOf = (day: string): TailWriter => {
    const known = writers.get(day);
    if (known !== undefined) return known;
    const made = new TailWriter(join(directory, day), sortAfter);
    writers.set(day, made);
    return made;
  };

  /** Once for each day on which something is written. */
  async function tidy(today: string): Promise<void> {
    for (const [day, writer] of writers) {
      if (day >= today) continue;
      writers.delete(day);
      await writer.sort();
    }
    for (const day of await pruneDays(directory, today, keepDays)) {
      await sortAbandoned(join(directory, day), sortAfter);
    }
  }

  async function* parts(rollout: string, from: number, to: number): AsyncGenerator<RecordedReading[]> {
    for (const day of daysBetween(from, to)) {
      const place = join(directory, day);
      const tails = await tailsOf(place);
      const { own, series } = spansOf(await readKey(place, tails, rolloutKey(rollout)));
      const found = [...own];
      for (const [name, joined] of series) {
        const readings = await readKey(place, tails, seriesKey(name));
        for (const reading of pickReadings(joined, readings)) found.push(reading);
      }
      yield withoutRepeats(found.filter(({ at }) => at >= from && at <= to));
    }
  }

  return {
    async append(entries) {
      const days = new Set(entries.map(dayOfEntry));
      for (const day of days) {
        const isNew = !writers.has(day);
        await writerOf(day).append(entries.filter((entry) => dayOfEntry(entry) === day).map(lineOf));
        // What is written counts, whatever becomes of the old.
        if (isNew) void tidy(day).catch(() => undefined);
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

const rolloutKey = (rollout: string) => `rollout/${rollout}`;
const seriesKey = (series: string) => `series/${series}`;

function dayOfEntry(entry: EvidenceEntry): string {
  return dayOf('at' in entry ? entry.at : entry.reading.at);
}

function lineOf(entry: EvidenceEntry): readonly [key: string, value: unknown] {
  if (!('rollout' in entry)) return [seriesKey(entry.series), entry.reading];
  if ('reading' in entry) return [rolloutKey(entry.rollout), entry.reading];
  const { rollout, ...joined } = entry;
  return [rolloutKey(rollout), joined];
}
