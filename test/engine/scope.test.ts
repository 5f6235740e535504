import { expect, it } from 'vitest';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { initialState } from '../../src/engine/state/state.js';
import { run } from '../support/world.js';
import { act, byAction, expose, planOf, watch } from '../support/world/plans.js';
import { endingOf } from '../support/world/property.js';

const plan = planOf({
  expand: [act('do/1', 'table:x', byAction)],
  canary: [expose('a', 5), watch('1')],
});
const unreachable = { resolve: { times: Infinity } };

it('asks for nothing under a name of which it cannot be found out what it stands for', async () => {
  const { trace, ended } = await run(plan, { behaviours: unreachable });
  expect(ended).toMatchObject({
    type: 'refused',
    reason: expect.stringMatching(/^nothing was changed: .*it cannot be found out what it names: simulated/),
  });
  expect(trace.calls('acquire')).toEqual([]);
});

it('tries again before it refuses, and asks for what it has found out', async () => {
  const { trace, ended } = await run(plan, { behaviours: { resolve: { times: 3 } } });
  expect(ended).toMatchObject({ type: 'completed' });
  expect(trace.calls('resolve')[0]?.input).toEqual({ scope: plan.scope });
  expect(trace.calls('acquire')[0]?.input).toMatchObject({ things: {} });
});

it('does not keep whoever takes another back from freeing its users', async () => {
  const reverts = { rollout: 'rollout/test/sample/1', kind: 'rescue', by: 'meg', reason: 'left' } as const;
  const world = await run(plan, {
    behaviours: unreachable,
    // It could be found out when it began.
    terminated: {
      at: 0,
      recall: () => {
        const identity = { rollout: 'rollout/test/sample/2', environment: 'test', startedBy: 'meg' };
        const state = initialState(plan, { ...identity, digest: planDigest(plan), reverts: reverts });
        return Promise.resolve(state);
      },
    },
  });
  expect(endingOf(world)).toBe('rolled-back');
  const [resolving] = world.trace.calls('resolve').slice(-1);
  expect(world.trace.calls('acquire')[0]!.at - resolving!.at).toBeLessThanOrEqual(5_000);
});
