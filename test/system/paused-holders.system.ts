import { afterEach, beforeEach, expect, it } from 'vitest';
import { holdersOf } from '../../activities/temporal/running.js';
import { locksId } from '../../src/protocol/locks.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import { eventually, openEnvironment, type TestEnvironment } from '../support/rollouts.js';

let environment: TestEnvironment;
beforeEach(async () => {
  environment = await openEnvironment();
});
afterEach(() => environment.close());

it('a rollout that is paused in Temporal holds what it holds, also for locks that know nobody yet', async () => {
  const { name, temporal } = environment;
  await environment.workAs({ buildId: 'today' });
  const rollout = await environment.start();
  await rollout.waitForGate('approve/go');
  await temporalCli('workflow', 'pause', '--workflow-id', rollout.id, '--reason', 'a test');
  await eventually(async () =>
    expect((await temporal.workflow.getHandle(rollout.id).describe()).status.name).toBe('PAUSED'),
  );
  const [asked] = await holdersOf(temporal, name);
  expect(asked).toMatchObject({ rollout: rollout.id, scope: expect.arrayContaining(['flag:split-name']) });

  // Ended by mistake, they begin again with the next that asks.
  await temporal.workflow.getHandle(locksId(name)).terminate('by mistake');
  const second = await environment.start();
  await second.waitFor('it stands in line', ({ status }) => status === 'queued');
  await temporalCli('workflow', 'unpause', '--workflow-id', rollout.id, '--reason', 'a test');
});
