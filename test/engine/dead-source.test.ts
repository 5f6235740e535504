import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/engine/state/values.js';
import { run, type Script, type World } from '../support/world.js';
import { expose, guard, planOf, watch } from '../support/world/plans.js';

const phases = { canary: [expose('a', 5), watch('1', 600_000)] };
const both = planOf(phases, [guard('errors'), guard('latency')]);
const dead = (at: number, index: number) => ({
  at,
  guard: index,
  verdict: 'no-evidence' as const,
  unread: true as const,
});
const few = (at: number, index: number) => ({ at, guard: index, verdict: 'no-evidence' as const });

const toldOf = ({ trace }: World) =>
  trace.calls('notify').flatMap(({ input }) => {
    const { urgency, kind, source } = input as Notice;
    return urgency === 'question' || kind === 'rolling-back' ? [[kind ?? urgency, source]] : [];
  });
const ends = async (plan: typeof both, turns: NonNullable<NonNullable<Script['sentinel']>['turns']>) =>
  run(plan, { sentinel: { turns } });

describe('a rollout whose guards see nothing because their source cannot be read', () => {
  it('names that source when it asks, and when it goes back: whoever is called sees what many have in common', async () => {
    const world = await ends(both, [dead(30_000, 0), dead(30_000, 1)]);
    expect(world.ended).toMatchObject({
      type: 'rolled-back',
      cause: { type: 'hold-expired', source: 'sim' },
    });
    expect(toldOf(world)).toEqual([
      ['question', 'sim'],
      ['rolling-back', 'sim'],
    ]);
  });

  it('names none where another guard has a trouble of its own', async () => {
    const world = await ends(both, [dead(30_000, 0), few(30_000, 1)]);
    expect(toldOf(world)).toEqual([
      ['question', undefined],
      ['rolling-back', undefined],
    ]);
  });

  it('names none where its guards read several sources, and each is gone', async () => {
    const other = { ...guard('latency'), metric: { type: 'error-rate', source: 'other' } as const };
    const plan = planOf(phases, [guard('errors'), other]);
    const world = await ends(plan, [dead(30_000, 0), dead(30_000, 1)]);
    expect(toldOf(world)).toEqual([
      ['question', undefined],
      ['rolling-back', undefined],
    ]);
  });

  it('names it when it never got leave to expose anyone', async () => {
    const world = await ends(both, [dead(0, 0), dead(0, 1)]);
    expect(world.ended).toMatchObject({ cause: { type: 'no-leave-from-guards', source: 'sim' } });
  });

  it('names it when the plan says to go back at once', async () => {
    const plan = planOf(phases, [guard('errors', { 'no-evidence': 'roll-back' })]);
    const world = await ends(plan, [dead(30_000, 0)]);
    expect(world.ended).toMatchObject({ cause: { type: 'breach', source: 'sim' } });
  });
});
