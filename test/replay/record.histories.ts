import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { locksId } from '../../src/protocol/locks.js';
import { openEnvironment, type TestEnvironment } from '../support/rollouts.js';
import { runsOf } from '../support/rollouts/runs.js';
import { store, type Secrets } from './histories.js';
import { paths } from './paths.js';
import { scenarios } from './scenarios.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

it.concurrent.each(paths)('records %s', async (path) => {
  const { options, walk, ends } = scenarios[path];
  const environment = await openEnvironment(options);
  try {
    await environment.work();
    const rollout = await walk(environment);
    const { type, reason } = await environment.client.wait(rollout.id);
    expect(`${type}: ${reason}`).toMatch(ends);
    await store(path, await runsOf(environment.temporal, rollout.id), secretsOf(environment));
  } finally {
    await environment.close();
  }
});

it.concurrent('records sentinel and locks: they go on in new runs', async () => {
  const environment = await openEnvironment();
  try {
    const { client, temporal, name } = environment;
    const common = { taskQueue: taskQueueOf(name) };
    const args = [{ format: 1, environment: name, continueAfter: 8 }];
    await environment.work();
    await temporal.workflow.start('sentinel', { ...common, workflowId: sentinelId(name), args });
    await temporal.workflow.start('locks', { ...common, workflowId: locksId(name), args });
    const rollout = await environment.start();
    await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
    await client.wait(rollout.id);
    await store('sentinel', await runsOf(temporal, sentinelId(name)), secretsOf(environment));
    await store('locks', await runsOf(temporal, locksId(name)), secretsOf(environment));
  } finally {
    await environment.close();
  }
});

it.concurrent('records sentinel-moved and locks-moved: another build takes them over', async () => {
  const environment = await openEnvironment();
  try {
    const { client, temporal, name } = environment;
    await environment.workAs({ buildId: 'first' });
    const rollout = await environment.start();
    await rollout.waitForGate('approve/go');
    await environment.workAs({ buildId: 'second' });
    await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
    await client.wait(rollout.id);
    await store('sentinel-moved', await runsOf(temporal, sentinelId(name)), secretsOf(environment));
    await store('locks-moved', await runsOf(temporal, locksId(name)), secretsOf(environment));
  } finally {
    await environment.close();
  }
});

/** What only this machine and this environment have. */
function secretsOf({ name, flagFile, database, shop }: TestEnvironment): Secrets {
  const { host, pathname } = new URL(database.url);
  return new Map([
    [dirname(flagFile), '/environment'],
    [host, 'postgres.test'],
    [pathname.slice(1), 'shop_database'],
    [new URL(shop.url).host, 'shop.test'],
    [name, 'test'],
  ]);
}
