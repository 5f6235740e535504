import { expect, it } from 'vitest';
import { validate } from '../../src/engine/plan/validate.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { eventOf, eventsOf, inEnvironment, lookAtWorld, type TestEnvironment } from '../support/rollouts.js';

const canaryOnly = (plan: Plan) =>
  validate({ ...plan, phases: { ...plan.phases, promote: [], contract: [] } });

type Kind = 'revert' | 'rescue';

/** Starts it; answers its id, for one that is refused before it begins cannot be asked anything. */
async function begin({ client }: TestEnvironment, rollout: string, kind: Kind, by = 'ana') {
  const started = await client.takeBack({ rollout, kind, by, reason: 'tested' });
  return started.rollout;
}

async function takeBack(environment: TestEnvironment, rollout: string, kind: Kind) {
  return environment.follow(await begin(environment, rollout, kind));
}

it.concurrent(
  'a terminated rollout is rescued from the records: exposure, schema and data as they were',
  () =>
    inEnvironment({}, async (environment) => {
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '1m' });
      await rollout.waitForWatch('watch/canary-25');
      await environment.temporal.workflow.getHandle(rollout.id).terminate('killed by hand');
      expect(environment.percent()).toBe(25);

      const rescue = await takeBack(environment, rollout.id, 'rescue');
      const ended = await rescue.ended();
      expect(ended.outcome).toMatchObject({
        type: 'rolled-back',
        reason: expect.stringContaining('ana takes'),
      });
      expect(ended.closed).toBe('COMPLETED');
      expect(eventsOf(ended.journal, 'verified')).toHaveLength(2);
      expect(await lookAtWorld(environment)).toEqual(before);
      expect(environment.percent()).toBe(0);
    }),
);

it.concurrent('a completed rollout is reverted to its captures as long as nothing irreversible ran', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({}, canaryOnly);
    expect((await rollout.ended()).outcome.type).toBe('completed');
    expect(environment.percent()).toBe(25);

    const rescue = await begin(environment, rollout.id, 'rescue');
    expect(await environment.client.wait(rescue)).toMatchObject({
      type: 'refused',
      reason: expect.stringContaining('ended completed: there is nothing to rescue'),
    });
    const revert = await takeBack(environment, rollout.id, 'revert');
    const ended = await revert.ended();
    expect(ended.outcome.type).toBe('rolled-back');
    expect(eventOf(ended.journal, 'unwinding').reason).toContain(`takes ${rollout.id} back`);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('refuses to take back what still runs, and to rescue for somebody who is not known', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start({ canaryFor: '1m' });
    await rollout.waitForWatch('watch/canary-25');
    await expect(takeBack(environment, rollout.id, 'rescue')).rejects.toThrow(/still runs; .*abort/);
    await environment.temporal.workflow.getHandle(rollout.id).terminate('killed by hand');
    const stranger = await begin(environment, rollout.id, 'rescue', 'nobody');
    await expect(environment.client.wait(stranger)).resolves.toMatchObject({
      type: 'refused',
      reason: expect.stringContaining('nobody is not known here'),
    });
    expect(environment.percent()).toBe(25);
    expect(await environment.client.describe(stranger)).toMatchObject({ status: 'refused' });
    await expect(environment.client.status(stranger)).rejects.toThrow(
      /was refused before it began: .*nobody is not known here/,
    );

    // Whoever was refused does not keep those out who may.
    const rescue = await takeBack(environment, rollout.id, 'rescue');
    expect(rescue.id).toBe(`${rollout.id}-rescue-2`);
    expect(await environment.client.wait(rescue.id)).toMatchObject({ type: 'rolled-back' });
    await expect(takeBack(environment, rollout.id, 'rescue')).rejects.toThrow(/-rescue-2: exists already/);
  }),
);
