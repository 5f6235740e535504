import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { evidenceStore, type EvidenceEntry } from '../../../activities/records/evidence.js';
import { pickReadings, spansOf } from '../../../activities/records/evidence/membership.js';
import { openPool } from '../../../activities/records/database.js';
import type { RecordedReading } from '../../../src/analysis/judge-window.js';
import type { Verdict } from '../../../src/engine/plan/plan.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';
import { eventually } from '../../support/eventually.js';

const rollout = 'rollout/local/split-customer-name/ü 1';
const day = 86_400_000;
/** Late on a day, so that a few minutes on it is the next. */
const evening = 20 * day - 60_000;

async function given() {
  const records = await freshRecords();
  onTestFinished(() => records.close());
  return { records, store: records.evidence };
}

/** The days that have a partition. */
async function daysOf(records: FreshRecords): Promise<string[]> {
  const rows = await records.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
      WHERE inhparent = 'switchback.evidence'::regclass ORDER BY name`,
  );
  return rows.map(({ name }) => name.replace('switchback.evidence_', ''));
}

const reading = (at: number, over: Partial<RecordedReading> = {}): RecordedReading => {
  return { guard: 'errors', verdict: 'pass', at, reason: 'ä good', subscription: 1, ...over };
};
const own = (at: number, over: Partial<RecordedReading> = {}): EvidenceEntry => {
  return { rollout, reading: reading(at, over) };
};
const joins = (at: number, series: string, subscription = 1): EvidenceEntry => {
  return { rollout, subscription, guard: 'errors', series, at };
};
const shared = (at: number, series: string, verdict: Verdict = 'pass'): EvidenceEntry => {
  return { series, reading: { guard: 'errors', verdict, at, reason: 'ä shared' } };
};

describe('evidence', () => {
  it('gives back a window, both ends with it, oldest first', async () => {
    const { store } = await given();
    expect(await store.window(rollout, 0, 10)).toEqual([]);
    await store.append([own(3), own(1)]);
    await store.append([]);
    await store.append([own(2), own(4), { rollout: 'another', reading: reading(2) }]);
    expect(await store.window(rollout, 2, 4)).toEqual([reading(2), reading(3), reading(4)]);
  });

  it('counts the readings of a series from when a subscription joined it until it has others', async () => {
    const { store } = await given();
    await store.append([shared(1, 's'), own(1)]);
    await store.append([joins(2, 's'), shared(2, 's'), shared(2, 'other')]);
    await store.append([shared(3, 's', 'fail')]);
    await store.append([own(4, { subscription: 2 }), shared(4, 's'), shared(5, 's')]);
    await store.append([joins(6, 'other', 2), shared(6, 's'), shared(6, 'other')]);
    const window = await store.window(rollout, 0, 10);
    expect(window.map(({ at, subscription, verdict }) => [at, subscription, verdict])).toEqual([
      [1, 1, 'pass'],
      [2, 1, 'pass'],
      [3, 1, 'fail'],
      [4, 2, 'pass'],
      [6, 2, 'pass'],
    ]);
  });

  it('is the same whoever wrote it, once or twice, and over midnight', async () => {
    const at = fc.integer({ min: evening, max: evening + 120_000 });
    const series = fc.constantFrom('s', 't');
    const verdict = fc.constantFrom<Verdict>('pass', 'fail', 'error');
    const { records, store } = await given();
    const other = records.again().evidence;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.array(
              fc.oneof(
                fc.tuple(at, verdict).map(([at, verdict]) => own(at, { verdict })),
                fc.tuple(at, series, fc.integer({ min: 1, max: 2 })).map((args) => joins(...args)),
                fc.tuple(at, series, verdict).map((args) => shared(...args)),
              ),
              { maxLength: 5 },
            ),
            fc.constantFrom('once', 'twice', 'by another'),
          ),
          { maxLength: 8 },
        ),
        async (script) => {
          run += 1;
          for (const [entries, how] of script) {
            const named = entries.map((entry) => ofRun(entry, run));
            await (how === 'by another' ? other : store).append(named);
            if (how === 'twice') await store.append(named);
          }
          const written = script.flatMap(([entries]) => entries);
          const window = await store.window(`${rollout}-${run}`, evening + 10_000, evening + 110_000);
          expect(new Set(window.map(essence))).toEqual(new Set(expected(written)));
          expect(window.map(({ at }) => at)).toEqual(window.map(({ at }) => at).sort((a, b) => a - b));
          expect(new Set(window.map((found) => JSON.stringify(found))).size).toBe(window.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('loses nothing when several workers write at once, also on a day that nobody has begun', async () => {
    const { records, store } = await given();
    const workers = [store, ...Array.from({ length: 4 }, () => records.again().evidence)];
    await Promise.all(
      Array.from({ length: 50 }, (_, at) => workers[at % 5]!.append([own(at), own(at + 3 * day)])),
    );
    expect(await store.window(rollout, 0, 100)).toHaveLength(50);
    expect(await daysOf(records)).toEqual(['19700101', '19700104']);
  });

  it.each(['null', '{}', '[]', '1', '{"guard":"errors","at":2,"verdict":"great","subscription":1}'])(
    'passes over %s',
    async (value) => {
      const { records, store } = await given();
      await store.append([own(1)]);
      await records.query(
        `INSERT INTO switchback.evidence (key, at, value) VALUES ($1, '1970-01-01T00:00:00Z', $2)`,
        [`rollout/${rollout}`, value],
      );
      expect(await store.window(rollout, 0, 10)).toEqual([reading(1)]);
    },
  );

  it('drops days that are too old', async () => {
    const { records, store } = await given();
    await store.append([own(0), own(10 * day), own(100 * day)]);
    const pool = openPool(records.url, 1);
    onTestFinished(() => pool.end());
    await evidenceStore(pool, { keepDays: 91 }).append([own(101 * day)]);
    await eventually(async () => expect(await daysOf(records)).toEqual(['19700111', '19700411', '19700412']));
    expect((await store.window(rollout, 0, 200 * day)).map(({ at }) => at / day)).toEqual([10, 100, 101]);
  });

  it('takes a tick of thousands of rollouts', async () => {
    const { store } = await given();
    const names = Array.from({ length: 6_000 }, (_, index) => `${rollout}-${index}`);
    await store.append(names.map((name) => ({ rollout: name, reading: reading(1) })));
    await store.append(
      names.map((name) => ({ rollout: name, subscription: 1, guard: 'errors', series: 's', at: 2 })),
    );
    await store.append([shared(2, 's'), shared(3, 's')]);
    expect(await store.window(names[5_321] as string, 0, 10)).toHaveLength(3);
  });
});

/** The runs of a property share a database. */
function ofRun(entry: EvidenceEntry, run: number): EvidenceEntry {
  const series = 'series' in entry && { series: `${entry.series}-${run}` };
  return { ...entry, ...series, ...('rollout' in entry && { rollout: `${entry.rollout}-${run}` }) };
}

/** What a reading says. */
function essence({ reason, ...facts }: RecordedReading): string {
  return JSON.stringify([facts.at, facts.subscription, facts.verdict, reason]);
}

/** The window by the plainest reading of the words: day by day, as each must stand alone. */
function expected(entries: readonly EvidenceEntry[]): string[] {
  const atOf = (entry: EvidenceEntry) => ('at' in entry ? entry.at : entry.reading.at);
  return [0, 1].flatMap((which) => {
    const of = entries.filter((entry) => Number(atOf(entry) >= 20 * day) === which);
    const { own, series } = spansOf(
      of.flatMap((entry): unknown[] => ('series' in entry && !('rollout' in entry) ? [] : [valueOf(entry)])),
    );
    const joined = [...series].flatMap(([name, spans]) =>
      pickReadings(
        spans,
        of.flatMap((entry) => ('rollout' in entry || entry.series !== name ? [] : [entry.reading])),
      ),
    );
    return [...own, ...joined]
      .filter(({ at }) => at >= evening + 10_000 && at <= evening + 110_000)
      .map(essence);
  });
}

function valueOf(entry: EvidenceEntry): unknown {
  return 'reading' in entry ? entry.reading : entry;
}
