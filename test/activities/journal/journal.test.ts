import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nameOf } from '../../../activities/files/names.js';
import { createJournal } from '../../../activities/journal/journal.js';
import { lineOf } from '../../../activities/journal/line.js';
import { Refusal } from '../../../src/engine/errors.js';
import { chainEntry, chainStart, type JournalEntry, type JournalEvent } from '../../../src/engine/journal.js';

const rollout = 'rollout/local/split-customer-name/2026-11-23';

function eventOf(number: number, reason = `reason ${number} – ünïcode`): JournalEvent {
  return {
    number,
    at: 1_000 + number,
    type: 'act-done',
    reason,
    step: 'a',
    evidence: { '2': 1, '1': [0.1, null] },
  };
}

const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => eventOf(from + index));

async function given(count = 0) {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const journal = createJournal(directory);
  const path = join(directory, 'journal', nameOf(rollout));
  if (count > 0) await journal.append(rollout, events(1, count));
  return { directory, journal, file: `${path}.jsonl`, headFile: `${path}.head.json` };
}

describe('append', () => {
  it('chains events, and passes over those that are there', async () => {
    const { journal } = await given();
    await journal.append(rollout, events(1, 3));
    await journal.append(rollout, events(1, 3));
    await journal.append(rollout, events(2, 5));
    await journal.append(rollout, []);
    const entries = await journal.read(rollout);
    expect(entries.map((entry) => entry.event)).toEqual(events(1, 5));
    expect(await journal.verify(rollout)).toEqual({ ok: true, entries: 5, head: entries[4]!.hash });
    expect(await journal.list()).toEqual([rollout]);
  });

  it('refuses another event under a number that is taken', async () => {
    const { journal } = await given(3);
    await expect(journal.append(rollout, [eventOf(2, 'another')])).rejects.toThrow(Refusal);
    await expect(journal.append(rollout, [eventOf(4), eventOf(4, 'another')])).rejects.toThrow(
      /already written/,
    );
    await expect(journal.append(rollout, [eventOf(0)])).rejects.toThrow(/is not numbered from 1/);
    expect(await journal.read(rollout)).toHaveLength(3);
  });

  it('writes what a run does that was reset to its beginning after what it had done before', async () => {
    const { journal } = await given();
    const began = (at: number): JournalEvent => ({ ...eventOf(1), type: 'started', at });
    const before = [began(1), ...events(2, 4)];
    const after = [began(2), eventOf(2, 'another')];
    await journal.append(rollout, before);
    await journal.append(rollout, after);
    // What either of the two sent comes once more, and late.
    await journal.append(rollout, before);
    await journal.append(rollout, after);
    await journal.append(rollout, [eventOf(3, 'another')]);
    const entries = await journal.read(rollout);
    expect(entries.map(({ event }) => event)).toEqual([...before, ...after, eventOf(3, 'another')]);
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 7 });
    await expect(journal.append(rollout, [eventOf(2, 'a third')])).rejects.toThrow(/already written/);
  });

  it.each([
    ['after which more was exported', 5],
    ['to which all was exported', 3],
  ])('writes what a run does that was reset to a later point, %s', async (_, exported) => {
    const { journal } = await given(exported);
    const after: JournalEvent[] = [
      { ...eventOf(4), type: 'reset', at: 2_000 },
      { ...eventOf(5, 'another'), at: 2_001 },
    ];
    await journal.append(rollout, [...events(2, 3), ...after]);
    await journal.append(rollout, after);
    const entries = await journal.read(rollout);
    expect(entries.map(({ event }) => event)).toEqual([...events(1, exported), ...after]);
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: exported + 2 });
    // What the run before had under way, and comes late.
    await expect(journal.append(rollout, [eventOf(6)])).rejects.toThrow(/is from before the reset/);
    await journal.append(rollout, [{ ...eventOf(6), at: 2_002 }]);
  });

  it('waits for what is missing', async () => {
    const { journal } = await given(2);
    const error = await journal.append(rollout, [eventOf(4)]).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(Refusal);
    expect(String(error)).toMatch(/event 4 came before event 3; send it again/);
  });

  it('writes each event once when several workers export at once', async () => {
    const { directory, journal } = await given();
    const exports = Array.from({ length: 10 }, (_, worker) =>
      createJournal(directory).append(rollout, events(1, 3 + (worker % 4))),
    );
    await Promise.all(exports);
    expect((await journal.read(rollout)).map((entry) => entry.event)).toEqual(events(1, 6));
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 6 });
  });

  it('repairs a line that a crash tore, wherever it did', async () => {
    const { journal, file, headFile } = await given(2);
    const [before, headBefore] = await Promise.all([readFile(file), readFile(headFile)]);
    await journal.append(rollout, events(3, 4));
    const after = await readFile(file);
    for (let length = before.length; length <= after.length; length += 7) {
      // The process died in the middle of its write: the head was not written yet.
      await writeFile(file, after.subarray(0, length));
      await writeFile(headFile, headBefore);
      expect(await journal.verify(rollout)).toMatchObject({ ok: true });
      await journal.append(rollout, events(3, 4));
      expect(await readFile(file)).toEqual(after);
      expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 4 });
    }
  });

  it('brings back a head that was not written when the process died', async () => {
    const { journal, headFile } = await given(2);
    await rm(headFile);
    expect(await journal.verify(rollout)).toMatchObject({
      ok: false,
      fault: { reason: /its head is missing/ },
    });
    await journal.append(rollout, events(1, 2));
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 2 });
  });

  it('does not go on with a journal that lost entries, or whose head is damaged', async () => {
    const { journal, file, headFile } = await given(3);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.split('\n').slice(0, 2).join('\n') + '\n');
    await expect(journal.append(rollout, events(1, 4))).rejects.toThrow(/entries 3 to 3 are missing/);
    await writeFile(file, `<html>\n${text}`);
    await expect(journal.append(rollout, events(1, 4))).rejects.toThrow(
      /line 1: entry 1 is not a line of a journal/,
    );
    await writeFile(file, text);
    await writeFile(headFile, '<html>');
    await expect(journal.append(rollout, events(1, 4))).rejects.toThrow(/its head is damaged/);
    expect(await journal.verify(rollout)).toMatchObject({
      ok: false,
      fault: { reason: /its head is damaged/ },
    });
  });
});

describe('read and list', () => {
  it('know nothing of a rollout without a journal, and verify refuses it', async () => {
    const { journal } = await given();
    expect(await journal.read(rollout)).toEqual([]);
    expect(await journal.list()).toEqual([]);
    await expect(journal.verify(rollout)).rejects.toThrow(/does not exist/);
  });

  it('keep rollouts apart, also those with long and odd names', async () => {
    const { journal } = await given();
    const ids = [
      'a',
      'a.head',
      'a.jsonl',
      'A',
      '../a',
      `rollout/${'ü'.repeat(180)}`,
      `rollout/${'ü'.repeat(181)}`,
    ];
    for (const id of ids) await journal.append(id, [eventOf(1, id)]);
    expect(await journal.list()).toEqual([...ids].sort());
    for (const id of ids) expect((await journal.read(id))[0]?.event.reason).toBe(id);
  });
});

describe('verify', () => {
  const lines = (text: string) => text.split('\n').slice(0, -1);
  const rechained = (entries: JournalEntry[]) => {
    let previous = chainStart;
    return entries.map(({ event }) => {
      const entry = chainEntry(rollout, event, previous);
      previous = entry.hash;
      return lineOf(entry);
    });
  };
  const edited = (line: string) => line.replace('reason 3', 'reason x');
  const parse = (line: string) => JSON.parse(line) as JournalEntry;

  it.each<[string, (all: string[]) => string[], number]>([
    ['an edited line', (all) => all.with(2, edited(all[2]!)), 3],
    [
      'an edited line with a hash that fits',
      (all) => all.with(2, rechained([parse(edited(all[2]!))])[0]!),
      3,
    ],
    ['a removed line', (all) => all.toSpliced(2, 1), 3],
    ['a removed last line', (all) => all.slice(0, -1), 5],
    ['a removed first line', (all) => all.slice(1), 1],
    ['no lines', () => [], 1],
    ['lines in another order', (all) => [all[0]!, all[2]!, all[1]!, all[3]!, all[4]!], 2],
    ['a line twice', (all) => all.toSpliced(2, 0, all[1]!), 3],
    ['a chain written anew', (all) => rechained(all.map(edited).map(parse)), 5],
    [
      'a line written with spaces',
      (all) => all.with(1, JSON.stringify(parse(all[1]!), null, 1).replaceAll('\n', ' ')),
      2,
    ],
    [
      'a line with one more member',
      (all) => all.with(1, all[1]!.replace('{"format":1', '{"x":1,"format":1')),
      2,
    ],
    ['another format', (all) => all.with(4, all[4]!.replace('"format":1', '"format":2')), 5],
    ['an HTML page', () => ['<html>'], 1],
    ['an empty line', (all) => all.toSpliced(3, 0, ''), 4],
  ])('finds %s', async (_, change, number) => {
    const { journal, file } = await given(5);
    const changed = change(lines(await readFile(file, 'utf8')));
    await writeFile(file, changed.map((line) => `${line}\n`).join(''));
    expect(await journal.verify(rollout)).toMatchObject({ ok: false, fault: { number } });
  });

  it("finds another rollout's journal in this one's place, and a file that is gone", async () => {
    const { directory, journal, file } = await given(2);
    await journal.append('another', events(1, 2));
    const theirs = await readFile(join(directory, 'journal', 'another.jsonl'));
    await writeFile(file, theirs);
    expect(await journal.verify(rollout)).toMatchObject({
      ok: false,
      fault: { reason: /belongs to rollout another/ },
    });
    await rm(file);
    expect(await journal.verify(rollout)).toMatchObject({ ok: false, fault: { number: 1 } });
  });

  it('finds any single byte that is changed, removed or added', async () => {
    const { journal, file } = await given(4);
    const whole = await readFile(file);
    const place = fc.nat(whole.length - 1);
    const byte = fc.integer({ min: 0, max: 255 });
    await fc.assert(
      fc.asyncProperty(place, byte, fc.constantFrom(0, 1, 2), async (at, value, kind) => {
        const [kept, inserted] = kind === 0 ? [at + 1, [value]] : kind === 1 ? [at + 1, []] : [at, [value]];
        const changed = Buffer.concat([whole.subarray(0, at), Buffer.from(inserted), whole.subarray(kept)]);
        fc.pre(!changed.equals(whole));
        await writeFile(file, changed);
        expect(await journal.verify(rollout)).toMatchObject({ ok: false });
      }),
      { numRuns: 600 },
    );
  });

  it('does not mind what a crash left behind the last line', async () => {
    const { journal, file } = await given(2);
    await appendFile(file, '{"format":1,"rol');
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 2 });
    expect(await journal.read(rollout)).toHaveLength(2);
  });
});
