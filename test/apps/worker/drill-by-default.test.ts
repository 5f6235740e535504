import { expect, it } from 'vitest';
import { withHouse } from '../../../apps/worker/house.js';
import type { Environment } from '../../../apps/config/config.js';
import { policy } from '../../../apps/config/identity/policy.js';
import { sharedWith } from './given.js';

const house = async (environment: Environment) =>
  (await withHouse(environment, Promise.resolve({}))).house ?? {};

/** The same environment, whose policy says something else about drills, or nothing. */
function asking(drill?: 'off' | { maxAge: number; coverage: number; withinObjective: boolean }): Environment {
  const environment = sharedWith([]);
  const { drill: _, ...policy } = environment.policy!;
  return { ...environment, policy: { ...policy, ...(drill !== undefined && { drill }) } };
}

it('holds rollouts of a shared environment until drills prove them, unless its policy says off', async () => {
  expect(await house(asking())).toEqual({ shared: true, drills: true });
  const less = { maxAge: 1_000, coverage: 0.5, withinObjective: false };
  expect(await house(asking(less))).toEqual({ shared: true, drills: true });
  expect(await house(asking('off'))).toEqual({ shared: true });
  const { policy: _, ...silent } = asking();
  expect(await house(silent)).toEqual({ shared: true, drills: true });
});

it('asks nothing of drills in environments of other kinds', async () => {
  expect(await house({ ...sharedWith([]), kind: 'local' })).toEqual({});
  expect(await house({ ...sharedWith([]), kind: 'drill' })).toEqual({});
});

it('a policy asks for no older drills than there are', () => {
  expect(policy.parse({ drill: { maxAge: '30d' } }).drill).toMatchObject({ maxAge: 2_592_000_000 });
  expect(() => policy.parse({ drill: { maxAge: '31d' } })).toThrow(
    /no drill proves anything for longer than 30 days/,
  );
});
