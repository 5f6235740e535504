import { describe, expect, it } from 'vitest';
import { run, Stranded } from '../support/world.js';
import { initialState, type RolloutState } from '../../src/engine/state/state.js';
import { why } from '../../src/engine/tell/why.js';
import { act, byAction, expose, gate, planOf, watch } from '../support/world/plans.js';

const plan = planOf({
  expand: [act('do/1', 'table:x', byAction)],
  canary: [expose('a', 5), watch('1', 20_000)],
  promote: [gate('go', 2)],
});
const fresh = (): RolloutState =>
  initialState(plan, { rollout: 'r', environment: 'test', digest: 'd', startedBy: 'tess' });

describe('why', () => {
  it('speaks of checks and guards at first', () => {
    const answer = why(plan, fresh());
    expect(answer).toMatchObject({ status: 'preflight', step: 'do/1', who: [], next: 'the first step' });
    expect(answer.waitingFor).toContain('guard');
  });

  it('names who may approve, how many are missing, and the deadline', () => {
    const state = { ...fresh(), ready: true as const, cursor: 3 };
    state.gate = { step: 'approve/go', epoch: 0, since: 5, deadline: 100, approvals: [{ by: 'ann', at: 6 }] };
    const answer = why(plan, state);
    expect(answer).toMatchObject({
      step: 'approve/go',
      since: 5,
      who: ['approvers'],
      nextAt: 100,
      next: 'it rolls back',
    });
    expect(answer.waitingFor).toBe('approve/go: 1 of 2 approvals (ann)');
  });

  it('names what is next and when while it watches', () => {
    const state = { ...fresh(), ready: true as const, cursor: 2 };
    state.watch = { step: 'watch/1', since: 5, endsAt: 20_005, covered: 0 };
    expect(why(plan, state)).toMatchObject({
      step: 'watch/1',
      since: 5,
      nextAt: 20_005,
      next: 'approve/go',
      who: [],
    });
  });

  it('says of a hold what is asked, when, and what comes after', () => {
    const state = { ...fresh(), ready: true as const, cursor: 2 };
    state.hold = { since: 5, reason: 'errors: no reading', askAt: 50, giveUpAt: 90, asked: false };
    expect(why(plan, state)).toMatchObject({
      since: 5,
      nextAt: 50,
      next: 'someone is asked',
      who: ['owners', 'approvers'],
    });
    state.hold.asked = true;
    expect(why(plan, state)).toMatchObject({ nextAt: 90, next: 'it rolls back' });
    delete state.hold.giveUpAt;
    expect(why(plan, state)).toMatchObject({ next: 'nothing by itself' });
    expect(why(plan, state).nextAt).toBeUndefined();
  });

  it('does not promise to roll back past the point of no return', () => {
    const state = { ...fresh(), ready: true as const, noReturn: { step: 'do/1', at: 1 }, cursor: 2 };
    state.hold = { since: 5, reason: 'errors', askAt: 50, giveUpAt: 90, asked: true };
    expect(why(plan, state).next).toBe('it halts and asks an operator');
  });

  it('names the undo that is under way, since when, and when somebody is asked', async () => {
    const { state, trace } = await run(plan, {
      sentinel: { failsFrom: 5 },
      behaviours: { 'undo do/1': { times: Infinity } },
      rescued: false,
    });
    // As it stood before the operator was asked.
    const { stuck: _, ...before } = state;
    const began = trace.events('undo-started').find(({ event }) => event.step === 'do/1')!.at;
    expect(why(plan, before)).toMatchObject({
      status: 'unwinding',
      step: 'do/1',
      waitingFor: 'the undo of do/1 to end',
      since: began,
      nextAt: began + plan.deadlines.undo,
    });
  });

  it('waits for nothing when it is over', async () => {
    const { state, ended } = await run(plan, { sentinel: { failsFrom: 5 } });
    expect(ended).not.toBeInstanceOf(Stranded);
    expect(why(plan, state)).toMatchObject({
      status: 'rolled-back',
      waitingFor: 'nothing',
      who: [],
      next: 'nothing',
    });
    expect(why(plan, state).step).toBeUndefined();
  });
});
