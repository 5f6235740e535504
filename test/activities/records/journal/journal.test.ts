import { describe, expect, it, onTestFinished } from 'vitest';
import { Refusal } from '../../../../src/engine/base/errors.js';
import {
  chainEntry,
  chainStart,
  type JournalEntry,
  type JournalEvent,
} from '../../../../src/engine/state/journal.js';
import { freshRecords, type FreshRecords } from '../../../support/records.js';

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
  const records = await freshRecords();
  onTestFinished(() => records.close());
  const { journal } = records;
  if (count > 0) await journal.append(rollout, events(1, count));
  return { records, journal };
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
    const { records, journal } = await given();
    const workers = [journal, records.again().journal, records.again().journal];
    const exports = Array.from({ length: 12 }, (_, at) =>
      workers[at % 3]!.append(rollout, events(1, 3 + (at % 4))),
    );
    await Promise.all(exports);
    expect((await journal.read(rollout)).map((entry) => entry.event)).toEqual(events(1, 6));
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 6 });
  });

  it('keeps what JSON can say, letter by letter', async () => {
    const { journal } = await given();
    const odd = eventOf(1, '\u0000 \ud800 \u2028 "\\u0000" 🙂');
    await journal.append(rollout, [odd]);
    expect((await journal.read(rollout))[0]?.event).toEqual(odd);
    expect(await journal.verify(rollout)).toMatchObject({ ok: true, entries: 1 });
  });

  it('does not go on with a journal that lost entries, or has others, or lost its head', async () => {
    const { records, journal } = await given(3);
    const append = () => journal.append(rollout, events(1, 4));
    await records.query('DELETE FROM switchback.journal WHERE number = 3');
    await expect(append()).rejects.toThrow(/entries 3 to 3 are missing/);
    await records.query('UPDATE switchback.journal_heads SET entries = 2');
    await expect(append()).rejects.toThrow(/entry 2 is not the one that was written/);
    expect(await journal.read(rollout)).toHaveLength(2);
  });
});

describe('read and list', () => {
  it('know nothing of a rollout without a journal, and verify refuses it', async () => {
    const { journal } = await given();
    expect(await journal.read(rollout)).toEqual([]);
    expect(await journal.list()).toEqual([]);
    await expect(journal.verify(rollout)).rejects.toThrow(/is not in the records/);
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
  /** Puts other entries in place of those that were written, past the store. */
  async function replace({ query }: FreshRecords, entries: readonly JournalEntry[]): Promise<void> {
    await query('DELETE FROM switchback.journal');
    for (const [index, { format, event, previous, hash }] of entries.entries()) {
      await query(
        `INSERT INTO switchback.journal (rollout, number, format, event, previous, hash)
          VALUES ($1, $2, $3, $4, $5, $6)`,
        [rollout, index + 1, format, JSON.stringify(event), previous, hash],
      );
    }
  }

  const rechained = (entries: readonly JournalEntry[]) => {
    let previous = chainStart;
    return entries.map(({ event }) => {
      const entry = chainEntry(rollout, event, previous);
      previous = entry.hash;
      return entry;
    });
  };
  const edited = (entry: JournalEntry): JournalEntry => {
    return { ...entry, event: { ...entry.event, reason: entry.event.reason.replace('reason 3', 'x') } };
  };
  const fitted = (entry: JournalEntry) => chainEntry(rollout, edited(entry).event, entry.previous);

  it.each<[string, (all: JournalEntry[]) => JournalEntry[], number]>([
    ['an edited entry', (all) => all.with(2, edited(all[2]!)), 3],
    ['an edited entry with a hash that fits', (all) => all.with(2, fitted(all[2]!)), 4],
    ['a removed entry', (all) => all.toSpliced(2, 1), 3],
    ['a removed last entry', (all) => all.slice(0, -1), 5],
    ['a removed first entry', (all) => all.slice(1), 1],
    ['no entries', () => [], 1],
    ['entries in another order', (all) => [all[0]!, all[2]!, all[1]!, all[3]!, all[4]!], 2],
    ['a chain written anew', (all) => rechained(all.map(edited)), 5],
    ['one more entry', (all) => [...all, chainEntry(rollout, eventOf(6), all[4]!.hash)], 6],
  ])('finds %s', async (_, change, number) => {
    const { records, journal } = await given(5);
    await replace(records, change(await journal.read(rollout)));
    expect(await journal.verify(rollout)).toMatchObject({ ok: false, fault: { number } });
  });

  it('finds another format, and a head that was changed', async () => {
    const { records, journal } = await given(5);
    await records.query(`UPDATE switchback.journal_heads SET hash = '${'1'.repeat(64)}'`);
    expect(await journal.verify(rollout)).toMatchObject({ ok: false, fault: { number: 5 } });
    await records.query('UPDATE switchback.journal SET format = 2 WHERE number = 4');
    expect(await journal.verify(rollout)).toMatchObject({ ok: false, fault: { number: 4 } });
  });

  it('finds the journal of another rollout in the place of this one', async () => {
    const { records, journal } = await given(2);
    await journal.append('another', events(1, 2));
    await replace(records, await journal.read('another'));
    expect(await journal.verify(rollout)).toMatchObject({ ok: false, fault: { number: 1 } });
  });

  it('lets no number and no place in the chain be taken twice', async () => {
    const { records, journal } = await given(2);
    const [first] = await journal.read(rollout);
    const insert = (number: number) =>
      records.query(
        `INSERT INTO switchback.journal (rollout, number, format, event, previous, hash)
          VALUES ($1, $2, 1, '{}', $3, 'x')`,
        [rollout, number, first!.previous],
      );
    await expect(insert(2)).rejects.toThrow(/journal_pkey/);
    await expect(insert(3)).rejects.toThrow(/journal_rollout_previous_key/);
  });
});

describe('signed', () => {
  it('reads what doors have signed in all journals, a page at a time', async () => {
    const { journal } = await given();
    const signedBy = (jws: string, event: JournalEvent): JournalEvent => ({ ...event, signed: jws });
    // More than a page, with some between that nobody has signed.
    const many = events(1, 620).map((event) =>
      event.number % 10 === 0 ? event : signedBy(`jws-${event.number}`, event),
    );
    await journal.append(rollout, many);
    await journal.append('locks/local', [eventOf(1), signedBy('of-locks', eventOf(2))]);
    await journal.append('rollout/local/another/1', [eventOf(1)]);
    const found: { rollout: string; event: JournalEvent }[] = [];
    for await (const { rollout: name, event } of journal.signed()) found.push({ rollout: name, event });
    expect(found).toEqual([
      { rollout: 'locks/local', event: signedBy('of-locks', eventOf(2)) },
      ...many.filter(({ signed }) => signed).map((event) => ({ rollout, event })),
    ]);
    expect(found.length).toBeGreaterThan(500);
  });

  it('is read also beside what the server would not take apart: a zero byte, half a character', async () => {
    const { records, journal } = await given();
    const evidence = { id: 'd', decision: 'delegate', accepted: true };
    const made = { ...eventOf(2), type: 'decision' as const, evidence, by: 'ana', signed: 'a.b.c' };
    const odd = { ...eventOf(1, 'zero \u0000 and half \ud800'), signed: 'odd' };
    await journal.append('locks/local', [odd, made]);
    const found: string[] = [];
    for await (const { event } of journal.signed()) found.push(event.signed ?? 'none');
    expect(found).toEqual(['odd', 'a.b.c']);
    expect(await records.delegations.decisions('local')).toMatchObject([{ by: 'ana', evidence }]);
  });
});
