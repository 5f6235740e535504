import { expect, it } from 'vitest';
import { compareWithHistory } from '../../../../activities/records/journal/compare.js';
import { eventsToAdd } from '../../../../activities/records/journal/continuation.js';
import {
  chainEntry,
  chainStart,
  type JournalEntry,
  type JournalEvent,
} from '../../../../src/engine/state/journal.js';

const rollout = 'rollout/local/a/k1';

const event = (number: number, type: JournalEvent['type'], at = number): JournalEvent => ({
  number,
  at,
  type,
  reason: `${type} at ${at}`,
});

/** What stands in the file when these histories were exported, one after the other. */
function journalOf(...histories: readonly (readonly JournalEvent[])[]): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const events of histories) {
    for (const added of eventsToAdd(rollout, entries, events)) {
      entries.push(chainEntry(rollout, added, entries.at(-1)?.hash ?? chainStart));
    }
  }
  return entries;
}

const first = [
  event(1, 'started'),
  event(2, 'scope-acquired'),
  event(3, 'act-started'),
  event(4, 'act-done'),
];
const again = [first[0]!, event(2, 'reset', 10), event(3, 'retreating', 11), event(4, 'retreated', 12)];

const fromStart = [event(1, 'started', 10), event(2, 'reset', 10), event(3, 'retreating', 11)];

it('what is exported is equal, and what is not yet is counted', () => {
  expect(compareWithHistory(journalOf(first), first)).toEqual({ equal: true, notYetExported: 0 });
  expect(compareWithHistory(journalOf(first.slice(0, 1)), first)).toEqual({ equal: true, notYetExported: 3 });
  expect(compareWithHistory([], first)).toEqual({ equal: true, notYetExported: 4 });
});

it('of a rollout that was reset the run counts that goes on, wherever it was reset to, exported or not', () => {
  for (const history of [again, fromStart]) {
    expect(compareWithHistory(journalOf(first, history), history)).toEqual({
      equal: true,
      notYetExported: 0,
    });
    const short = journalOf(first, history.slice(0, 2));
    expect(compareWithHistory(short, history)).toEqual({ equal: true, notYetExported: history.length - 2 });
  }
  expect(compareWithHistory(journalOf(first), again)).toEqual({ equal: true, notYetExported: 3 });
  expect(compareWithHistory(journalOf(first), fromStart)).toEqual({ equal: true, notYetExported: 3 });
});

it('a rollout that was reset twice, also to a run that was left, and one whose history begins later', () => {
  const other = [...again, event(5, 'act-started', 13), event(6, 'act-done', 14)];
  const third = [first[0]!, first[1]!, first[2]!, event(4, 'reset', 20), event(5, 'retreating', 21)];
  expect(compareWithHistory(journalOf(first, other, third), third)).toEqual({
    equal: true,
    notYetExported: 0,
  });
  const short = journalOf(first, other, third.slice(0, 4));
  expect(compareWithHistory(short, third)).toEqual({ equal: true, notYetExported: 1 });
  expect(compareWithHistory(journalOf(first, again), again.slice(1))).toEqual({
    equal: true,
    notYetExported: 0,
  });
});

it('nothing passes for a reset that is not exported yet but what is older than it', () => {
  const altered = again.map((one) => (one.type === 'reset' ? { ...one, reason: 'forged' } : one));
  expect(compareWithHistory(journalOf(first, altered), again)).toEqual({ equal: false, at: 2 });
  const start = fromStart.map((one) => (one.number === 1 ? { ...one, reason: 'forged' } : one));
  expect(compareWithHistory(journalOf(first, start), fromStart)).toEqual({ equal: false, at: 1 });
});

it('what differs is found: another event, one too many, and what is missing before what can be compared', () => {
  const other = first.map((one) => (one.number === 3 ? event(3, 'hold') : one));
  expect(compareWithHistory(journalOf(other), first)).toEqual({ equal: false, at: 3 });
  expect(compareWithHistory(journalOf(first), first.slice(0, 3))).toEqual({ equal: false, at: 4 });
  expect(compareWithHistory(journalOf(first.slice(0, 1)), first.slice(2))).toEqual({ equal: false, at: 2 });
  const forged = again.map((one) => (one.number === 4 ? event(4, 'completed' as never, 12) : one));
  expect(compareWithHistory(journalOf(first, forged), again)).toEqual({ equal: false, at: 4 });
  const replaced = first.map(({ number, type, at }) => event(number, type, at + 100));
  expect(compareWithHistory(journalOf(replaced), first)).toEqual({ equal: false, at: 1 });
  expect(compareWithHistory(journalOf(first, again), first)).toEqual({ equal: false, at: 2 });
});
