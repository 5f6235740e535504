import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { sentinelId } from '../../src/analysis/sentinel.js';
import { taskQueueOf } from '../../src/app/config.js';
import { openEnvironment, type TestEnvironment } from '../support/rollouts.js';
import { runsOf } from '../support/rollouts/runs.js';
import { store, type Secrets } from './histories.js';
import { paths } from './paths.js';
import { scenarios } from './scenarios.js';

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

it.concurrent('records sentinel: it goes on in a new run', async () => {
  const environment = await openEnvironment();
  try {
    const { temporal, name } = environment;
    await environment.work();
    const sentinel = await temporal.workflow.start('sentinel', {
      workflowId: sentinelId(name),
      taskQueue: taskQueueOf(name),
      args: [{ environment: name, continueAfter: 12 }],
    });
    await (await environment.start()).waitForGate('approve/go');
    await store('sentinel', await runsOf(temporal, sentinel.workflowId), secretsOf(environment));
  } finally {
    await environment.close();
  }
});

it.concurrent('records sentinel-moved: another build takes it over', async () => {
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
