import { describe, expect, it } from 'vitest';
import { planDigest } from '../../src/engine/digest.js';
import type { JournalEvent } from '../../src/engine/journal.js';
import { initialState, type RolloutState } from '../../src/engine/state.js';
import { carriedOver } from '../../workflows/renewal.js';
import { askingPlan } from '../app/cli/plans.js';

/** The server terminates a workflow whose next run would begin with more. */
const payload = 2_000_000;

const plan = askingPlan();
const own = { environment: 'e', startedBy: 'ana', digest: planDigest(plan) };

/** What is carried of a rollout that answered so many decisions, whose reasons have so many characters. */
function carry(decisions: number, characters: number, exported = decisions) {
  const state: RolloutState = initialState(plan, { ...own, rollout: 'rollout/e/rename-thing/k' });
  for (let number = 1; number <= decisions; number++) {
    const reason = 'ü'.repeat(characters);
    state.journal.push({ number, at: number, type: 'decision', reason, by: 'ana' } satisfies JournalEvent);
    state.decisions[`d${number}`] = { accepted: false, reason };
  }
  const next = carriedOver({ format: 1, plan, ...own }, plan, state, exported);
  if (!('state' in next) || !next.state) throw new Error('the next run begins with a state');
  return { next, journal: next.state.journal, ids: Object.keys(next.state.decisions) };
}

describe('what the next run begins with', () => {
  it('is everything, while that is little', () => {
    const { next, journal, ids } = carry(30, 20);
    expect([journal.length, ids.length]).toEqual([30, 30]);
    expect(next).toMatchObject({ exported: 30 });
  });

  it.each([
    [5_000, 20],
    [5_000, 400],
    [1_500, 2_000],
    [200, 20_000],
  ])(
    'fits into a payload after %i decisions of %i characters, and has the newest of them',
    (n, characters) => {
      const { next, journal, ids } = carry(n, characters);
      expect(Buffer.byteLength(JSON.stringify(next))).toBeLessThan(payload);
      expect(journal.at(-1)?.number).toBe(n);
      expect(journal[0]?.number).toBe(n - journal.length + 1);
      expect(journal.length).toBeGreaterThan(10);
      expect(ids.at(-1)).toBe(`d${n}`);
      expect(ids.length).toBeGreaterThan(3);
    },
  );

  it('has every event that is not exported yet', () => {
    const { next, journal } = carry(4_000, 20, 1_000);
    expect(next).toMatchObject({ exported: 1_000 });
    expect(journal[0]?.number).toBe(1_001);
  });
});
