import { describe, expect, it } from 'vitest';
import { outdatedBy } from '../../src/engine/decide/outdated.js';
import type { JournalEvent, JournalEventType } from '../../src/engine/state/journal.js';

const journal = (from: number, ...types: JournalEventType[]): JournalEvent[] =>
  types.map((type, index) => ({ number: from + index, at: 0, type, reason: '' }));

describe('a decision that says what its maker had seen', () => {
  const events = journal(1, 'started', 'paused', 'warning');

  it('counts while nothing has begun that he would answer unseen', () => {
    expect(outdatedBy(events, { type: 'resume', seen: 2 })).toBeUndefined();
    expect(outdatedBy(events, { type: 'resume', seen: 1 })).toContain('before entry 2 (paused)');
  });

  it('is not sent again: it was itself what happened since', () => {
    const later = [...events, ...journal(4, 'decision', 'resumed')];
    expect(outdatedBy(later, { type: 'resume', seen: 3 })).toContain('before entry 5 (resumed)');
  });

  it('is not taken twice where its effect is no event: putting a gate off once more wants another look', () => {
    const evidence = { decision: 'extend', accepted: true };
    const later: JournalEvent[] = [...events, { number: 4, at: 0, type: 'decision', reason: '', evidence }];
    expect(outdatedBy(later, { type: 'extend', seen: 3 })).toContain('before entry 4 (decision)');
    expect(outdatedBy(later, { type: 'extend', seen: 4 })).toBeUndefined();
    expect(outdatedBy(later, { type: 'answer', seen: 3 })).toBeUndefined();
    const refused = { ...later[3]!, evidence: { ...evidence, accepted: false } };
    expect(outdatedBy([...events, refused], { type: 'extend', seen: 3 })).toBeUndefined();
  });

  it('is never too late when it makes things safer', () => {
    for (const type of ['abort', 'pause'] as const)
      expect(outdatedBy(events, { type, seen: 0 })).toBeUndefined();
  });

  it('is refused when it is of another journal, or older than what is kept', () => {
    expect(outdatedBy(events, { type: 'abort', seen: 4 })).toContain('of another rollout');
    expect(outdatedBy(journal(500, 'act-done'), { type: 'resume', seen: 498 })).toContain('long before');
    expect(outdatedBy(journal(500, 'act-done'), { type: 'resume', seen: 499 })).toBeUndefined();
  });

  it('is taken as it is where nobody says so', () => {
    expect(outdatedBy(events, { type: 'resume' })).toBeUndefined();
  });
});
