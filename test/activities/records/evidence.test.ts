import { appendFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createEvidenceStore, type EvidenceEntry } from '../../../activities/records/evidence.js';
import { pickReadings, spansOf } from '../../../activities/records/evidence/membership.js';
import { sortTail } from '../../../activities/records/evidence/sort.js';
import { tailFiles } from '../../../activities/records/evidence/tail.js';
import type { RecordedReading } from '../../../src/analysis/judge-window.js';
import type { Verdict } from '../../../src/engine/plan.js';
import { filesBelow } from '../../../activities/files/tree.js';

const rollout = 'rollout/local/split-customer-name/ü 1';
const day = 86_400_000;
/** Late on a day, so that a few minutes on it is the next. */
const evening = 20 * day - 60_000;
const made: string[] = [];

afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function given() {
  const directory = await mkdtemp(join(tmpdir(), 'evidence-'));
  made.push(directory);
  return { directory, store: createEvidenceStore(directory) };
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

async function tailsBelow(directory: string): Promise<string[]> {
  const days = await readdir(directory);
  return (await Promise.all(days.map((name) => tailFiles(join(directory, name))))).flat();
}

async function sortAll(directory: string): Promise<void> {
  for (const file of await tailsBelow(directory)) await sort(file);
}

/** The store may be sorting it at the same moment, because a new day has begun. */
async function sort(file: string): Promise<void> {
  await sortTail(file, join(file, '..')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

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

  it('is the same however it was written, sorted, sorted half or torn, and over midnight', async () => {
    const at = fc.integer({ min: evening, max: evening + 120_000 });
    const series = fc.constantFrom('s', 't');
    const verdict = fc.constantFrom<Verdict>('pass', 'fail', 'error');
    const entry = fc.oneof(
      fc.tuple(at, verdict).map(([at, verdict]) => own(at, { verdict })),
      fc.tuple(at, series, fc.integer({ min: 1, max: 2 })).map((args) => joins(...args)),
      fc.tuple(at, series, verdict).map((args) => shared(...args)),
    );
    const then = fc.constantFrom('go on', 'sort', 'sort half', 'tear', 'another process');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(entry, { maxLength: 5 }), then), { maxLength: 8 }),
        async (script) => {
          const { directory, store: first } = await given();
          let store = first;
          for (const [entries, next] of script) {
            await store.append(entries);
            const tails = (await readdir(directory)).length === 0 ? [] : await tailsBelow(directory);
            // Only what nobody writes to any more is sorted.
            if (next !== 'go on' && next !== 'tear') store = createEvidenceStore(directory);
            if (next === 'sort') await sortAll(directory);
            for (const tail of tails) {
              if (next === 'tear') await appendFile(tail, '["rollout/x",{"guard":"err');
              if (next !== 'sort half') continue;
              const content = await readFile(tail).catch(() => undefined);
              await sort(tail);
              if (content !== undefined) await writeFile(tail, content);
            }
          }
          const written = script.flatMap(([entries]) => entries);
          const window = await store.window(rollout, evening + 10_000, evening + 110_000);
          expect(new Set(window.map(essence))).toEqual(new Set(expected(written)));
          expect(window.map(({ at }) => at)).toEqual(window.map(({ at }) => at).sort((a, b) => a - b));
          expect(new Set(window.map((found) => JSON.stringify(found))).size).toBe(window.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('loses nothing when several processes write at once', async () => {
    const { directory, store } = await given();
    const writers = Array.from({ length: 50 }, (_, at) => createEvidenceStore(directory).append([own(at)]));
    await Promise.all(writers);
    expect(await store.window(rollout, 0, 100)).toHaveLength(50);
  });

  it('misses nothing that is being sorted while somebody writes and reads', async () => {
    const { directory } = await given();
    const store = createEvidenceStore(directory, { sortAfter: 0 });
    await store.append([joins(0, 's')]);
    for (let at = 1; at <= 200; at++) {
      await store.append([shared(at, 's')]);
      expect(await store.window(rollout, 1, at)).toHaveLength(at);
    }
    expect((await filesBelow(directory, '.tail')).length).toBeLessThan(10);
  });

  it('passes over a line torn anywhere by a crash, and loses nothing else', async () => {
    const { directory, store } = await given();
    await store.append([own(1)]);
    const [file] = await tailsBelow(directory);
    const whole = await readFile(file as string);
    const line = Buffer.from(JSON.stringify([`rollout/${rollout}`, reading(2)]));
    for (let length = 1; length < line.length; length++) {
      await writeFile(file as string, whole);
      await appendFile(file as string, Buffer.concat([Buffer.from('\n'), line.subarray(0, length)]));
      expect(await store.window(rollout, 0, 10)).toEqual([reading(1)]);
      await store.append([own(3)]);
      expect(await store.window(rollout, 0, 10)).toEqual([reading(1), reading(3)]);
    }
  });

  it.each([
    'null',
    '{}',
    '[]',
    '1',
    '{"guard":"errors","at":2,"verdict":"great","subscription":1}',
    '<html>',
  ])('passes over %s', async (value) => {
    const { directory, store } = await given();
    await store.append([own(1)]);
    const [file] = await tailsBelow(directory);
    await appendFile(file as string, `["rollout/${rollout}",${value}]\n${value}\n`);
    expect(await store.window(rollout, 0, 10)).toEqual([reading(1)]);
    await sortAll(directory);
    expect(await store.window(rollout, 0, 10)).toEqual([reading(1)]);
  });

  it('sorts what a process left behind, and removes days that are too old', async () => {
    const { directory } = await given();
    const old = createEvidenceStore(directory);
    await old.append([own(0), own(10 * day), own(100 * day)]);
    const long = new Date(0);
    for (const file of await tailsBelow(directory)) await utimes(file, long, long);
    const store = createEvidenceStore(directory, { keepDays: 100 });
    await store.append([own(101 * day)]);
    await expect
      .poll(async () => (await readdir(directory)).sort())
      .toEqual(['1970-01-11', '1970-04-11', '1970-04-12']);
    await expect.poll(async () => (await tailsBelow(directory)).length).toBe(1);
    expect((await store.window(rollout, 0, 200 * day)).map(({ at }) => at / day)).toEqual([10, 100, 101]);
  });

  it('writes a tick of thousands of rollouts into one file', async () => {
    const { directory, store } = await given();
    const names = Array.from({ length: 2_000 }, (_, index) => `${rollout}-${index}`);
    await store.append(names.map((name) => ({ rollout: name, reading: reading(1) })));
    await store.append(
      names.map((name) => ({ rollout: name, subscription: 1, guard: 'errors', series: 's', at: 2 })),
    );
    await store.append([shared(2, 's'), shared(3, 's')]);
    expect(await filesBelow(directory, '')).toHaveLength(1);
    expect(await store.window(names[1_321] as string, 0, 10)).toHaveLength(3);
  });

  it('lets no tail grow long while much is written: whoever judges reads all of it', async () => {
    const { directory, store } = await given();
    const names = Array.from({ length: 500 }, (_, index) => `${rollout}-${index}`);
    for (let at = 1; at <= 60; at++)
      await store.append(names.map((name) => ({ rollout: name, reading: reading(at) })));
    const bytesInTails = async () => {
      const sizes = (await tailsBelow(directory)).map(async (file) => (await stat(file)).size);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    };
    await expect.poll(bytesInTails, { timeout: 20_000 }).toBeLessThan(1_200_000);
    expect(await store.window(names[321] as string, 0, 100)).toHaveLength(60);
  });
});

/** What a reading says, apart from the reason that an old pass loses. */
function essence({ reason, ...facts }: RecordedReading): string {
  return JSON.stringify([
    facts.at,
    facts.subscription,
    facts.verdict,
    facts.verdict === 'pass' ? '' : reason,
  ]);
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
