import { describe, expect, it } from 'vitest';
import { answerTo, refuseUnauthorised } from '../../src/engine/decide/decisions.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Effects } from '../../src/engine/state/ports.js';
import type { Run } from '../../src/engine/state/run.js';
import { initialState, type RolloutState } from '../../src/engine/state/state.js';
import { carriedOver } from '../../workflows/rollout/renewal.js';
import { askingPlan } from '../apps/cli/plans.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

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

const no = { accepted: false, reason: 'no' };

function refuseId(state: RolloutState, id: string): void {
  const effects = { now: () => 1, record: () => undefined } as unknown as Effects;
  const run: Run = { plan, state, effects, underWay: { undos: new Set() } };
  refuseUnauthorised(run, { type: 'unauthorised', id, by: 'ana', reason: 'no' });
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

  it.each([
    ['kept by this version', refuseId],
    ['kept by one before', (state: RolloutState, id: string) => void (state.decisions[id] = no)],
  ])('knows an answer again, whatever its id looks like, %s', (_by, keep) => {
    const state = initialState(plan, { ...own, rollout: 'rollout/e/rename-thing/k' });
    const ids = ['7', '0', '007', 'seven', 'constructor'];
    for (const id of ids) keep(state, id);
    for (const id of ids) expect(answerTo(state, id), id).toMatchObject({ accepted: false });
    expect(answerTo(state, '8')).toBeUndefined();
  });

  it('has the newest answers also when ids are numbers, over several runs', () => {
    const idOf = (nth: number) => [`${nth}`, ` ${nth}`, `d${nth}`, `0${nth}`][nth % 4]!;
    let state = initialState(plan, { ...own, rollout: 'rollout/e/rename-thing/k' });
    for (let nth = 1; nth <= 2_500; nth++) {
      refuseId(state, idOf(nth));
      if (nth % 700 > 0 && nth < 2_500) continue;
      const next = carriedOver({ format: 1, plan, ...own }, plan, state, state.journal.length);
      ({ state } = JSON.parse(JSON.stringify(next)) as { state: RolloutState });
    }
    const known = Array.from({ length: 2_500 }, (_, index) => index + 1).filter((nth) =>
      answerTo(state, idOf(nth)),
    );
    expect(known).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1_501));
  });

  it('has the last event, however long it is: without any it would begin to count anew', () => {
    const { journal } = carry(3, 400_000);
    expect(journal.map(({ number }) => number)).toEqual([3]);
  });

  it('has every event that is not exported yet', () => {
    const { next, journal } = carry(4_000, 20, 1_000);
    expect(next).toMatchObject({ exported: 1_000 });
    expect(journal[0]?.number).toBe(1_001);
  });
});
