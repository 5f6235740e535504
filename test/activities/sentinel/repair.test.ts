import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { healthOf } from '../../../activities/temporal/health.js';
import type { RolloutClient } from '../../../apps/client/client.js';
import { connect } from '../../../apps/client/connect.js';
import { sentinelNames } from '../../../src/protocol/sentinel.js';
import { taskQueueOf } from '../../../src/protocol/task-queue.js';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, Stage } from './stage.js';

let stage: Stage;
let client: RolloutClient;
beforeEach(async () => {
  stage = await Stage.set(taskQueueOf);
  client = await connect({ address: inject('temporalAddress') });
});
afterEach(async () => {
  await client.close();
  await stage.clear();
});

it('a sentinel whose history does not replay comes back with everybody it watched', async () => {
  const strange = await stage.workStrangely();
  const subscribed = async () => {
    const rollout = await stage.rollout();
    const subscriber = rollout.subscriber([errorsBelow(0.1)]);
    await stage.activities().subscribe({ ...subscriber, environment: stage.environment });
    return rollout;
  };
  const first = await subscribed();
  const left = await subscribed();
  await first.hears('pass');
  await stage.activities().unsubscribe({ rollout: left.name });
  await strange.stop();
  // Something for it to do, and nothing that anybody could mean.
  await stage.sentinel.signal(sentinelNames.subscribe, 'x');
  await stage.work();
  await eventually(async () =>
    expect(await healthOf(stage.client, stage.sentinel.workflowId)).toMatchObject({ state: 'broken' }),
  );
  const late = await subscribed();

  expect(await client.repairs.repair('sentinel', stage.environment)).toMatchObject({
    repaired: true,
    found: expect.stringContaining('its history does not replay'),
    kept: '2 rollouts that it watches',
  });
  await eventually(async () => {
    const { blind } = await first.heard();
    expect(blind[0]?.reason).toContain('its sentinel was broken, and was repaired now');
  });
  stage.shop.failing = 1;
  for (const rollout of [first, late]) await rollout.hears('fail');
  expect((await stage.roster()).map(({ rollout }) => rollout)).toEqual([first.name, late.name]);
  expect(await client.repairs.repair('sentinel', stage.environment)).toMatchObject({ repaired: false });
}, 120_000);
