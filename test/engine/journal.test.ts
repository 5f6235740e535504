import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chainEntry,
  chainStart,
  findChainFault,
  type JournalEntry,
  type JournalEvent,
} from '../../src/engine/state/journal.js';

const rollout = 'rollout/test/sample/1';

function chainOf(length: number, of = rollout): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let number = 1; number <= length; number += 1) {
    const event: JournalEvent = {
      number,
      at: number * 10,
      type: 'decision',
      reason: `reason ${number}`,
      by: 'ann',
    };
    entries.push(chainEntry(of, event, entries.at(-1)?.hash ?? chainStart));
  }
  return entries;
}

function changed(entry: JournalEntry, change: object): JournalEntry {
  return { ...entry, ...change };
}

describe('the journal chain', () => {
  it('is whole as it is written, and empty', () => {
    expect(findChainFault(rollout, chainOf(5))).toBeUndefined();
    expect(findChainFault(rollout, [])).toBeUndefined();
  });

  const positions = fc.integer({ min: 0, max: 4 });

  it('names the first entry that was changed in any field (200 runs)', () => {
    const changes = fc.constantFrom<(entry: JournalEntry) => JournalEntry>(
      (entry) => changed(entry, { event: { ...entry.event, by: 'bob' } }),
      (entry) => changed(entry, { event: { ...entry.event, at: entry.event.at + 1 } }),
      (entry) => changed(entry, { event: { ...entry.event, reason: 'another' } }),
      (entry) => changed(entry, { event: { ...entry.event, evidence: { added: true } } }),
      (entry) => changed(entry, { previous: 'f'.repeat(64) }),
      (entry) => changed(entry, { hash: 'f'.repeat(64) }),
      (entry) => changed(entry, { rollout: 'rollout/test/other/1' }),
      (entry) => changed(entry, { format: 2 }),
    );
    fc.assert(
      fc.property(positions, changes, (at, change) => {
        const entries = chainOf(5);
        entries[at] = change(entries[at]!);
        expect(findChainFault(rollout, entries)?.number).toBe(at + 1);
      }),
      { numRuns: 200 },
    );
  });

  it.each([0, 1, 2, 3])('misses entry %d (from 0) when it is taken out', (at) => {
    const fault = findChainFault(rollout, chainOf(5).toSpliced(at, 1));
    expect(fault).toEqual({ number: at + 1, reason: expect.stringContaining('missing') });
  });

  it('sees two that were exchanged, one that stands twice, and a rewritten tail', () => {
    const [a, b, c] = chainOf(3) as [JournalEntry, JournalEntry, JournalEntry];
    expect(findChainFault(rollout, [b, a, c])?.number).toBe(1);
    expect(findChainFault(rollout, [a, a, b, c])?.number).toBe(2);
    const forged = chainEntry(rollout, { ...b.event, reason: 'forged' }, a.hash);
    expect(findChainFault(rollout, [a, forged, c])?.number).toBe(3);
  });

  it('goes on with a run that was reset to its beginning, and with no other that begins anew', () => {
    const entries = chainOf(2);
    const first = { ...entries[0]!.event, type: 'started' } as const;
    const append = (event: JournalEvent) => [
      ...entries,
      chainEntry(rollout, event, entries.at(-1)?.hash ?? chainStart),
    ];
    expect(findChainFault(rollout, append(first))).toBeUndefined();
    expect(findChainFault(rollout, append({ ...first, type: 'decision' }))?.number).toBe(3);
    expect(findChainFault(rollout, append({ ...first, number: 2 }))?.number).toBe(3);
  });

  it('goes on from where a run was reset to, and misses what is left out there', () => {
    const entries = chainOf(4);
    const append = (number: number) => [
      ...entries,
      chainEntry(rollout, { ...entries[0]!.event, type: 'reset', number }, entries[3]!.hash),
    ];
    for (const number of [1, 2, 3, 4, 5]) expect(findChainFault(rollout, append(number))).toBeUndefined();
    expect(findChainFault(rollout, append(6))?.number).toBe(5);
  });

  it('does not take the chain of another rollout', () => {
    expect(findChainFault(rollout, chainOf(2, 'rollout/test/other/1'))?.reason).toContain('other');
  });
});
