import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { sentinelId, sentinelNames } from '../../../src/protocol/sentinel.js';
import { eventually } from '../../support/eventually.js';
import { onServer } from './on-server.js';
import { askingPlan } from './plans.js';

const server = onServer();
const { call, start, untilStatus } = server;

it('a worker that is missing is said: at the start, and when a rollout is asked', async () => {
  const nobody = `n${randomUUID().slice(0, 8)}`;
  const misspelt = await call(['start', server.asking, '--env', nobody]);
  expect([misspelt.code, misspelt.stdout]).toEqual([3, '']);
  expect(misspelt.stderr).toMatch(/environment n\w+: has never had a worker; see that it is spelt right/);
  const started = await call(['start', server.asking, '--env', nobody, '--detach', '-o', 'json']);
  expect(started.code).toBe(0);
  expect(started.stderr).toContain(`no worker of environment ${nobody} runs`);
  const { rollout } = started.json<{ rollout: string }>();
  const status = await call(['status', rollout]);
  expect([status.code, status.stdout]).toEqual([4, '']);
  expect(status.stderr).toContain(
    `no worker of environment ${nobody} runs; start one: switchback worker --env ${nobody}`,
  );
  const abort = await call(['abort', rollout, '--as', 'ana', '--reason', 'x']);
  expect([abort.code, abort.stdout]).toEqual([1, '']);
  expect(abort.stderr).toMatch(
    /was not answered within 10 s: no worker .* runs; it may still take effect: look for decision/,
  );
  await server.environment.client.workflow.getHandle(rollout).terminate();
});

it("live readings come from the heartbeat of the sentinel's activity", async () => {
  const file = await server.files.write('live.json', askingPlan('rename-live-thing', 'thing:live'));
  const rollout = await start(file);
  await untilStatus(rollout, 'waiting');
  const reading = {
    guard: 'errors',
    verdict: 'pass',
    at: Date.now() + 1_000,
    reason: 'as before, but newer',
    value: 0.02,
  } as const;
  expect(await server.client.readings(rollout)).toBeUndefined();
  server.environment.live = {
    at: Date.now(),
    watched: 1,
    rollouts: { [rollout]: { subscription: 1, readings: [reading] } },
  };
  const subscriber = {
    rollout,
    number: 1,
    guards: [],
    percent: 5,
    since: Date.now(),
    recorded: {},
    workflowId: rollout,
    runId: randomUUID(),
  };
  const handle = await server.environment.client.workflow.start('sentinel', {
    workflowId: sentinelId(server.environment.name),
    taskQueue: `switchback-${server.environment.name}`,
    args: [{ environment: server.environment.name }],
  });
  await handle.signal(sentinelNames.subscribe, subscriber);
  try {
    await eventually(async () =>
      expect(await server.client.readings(rollout)).toEqual({ readings: [reading], looks: [] }),
    );
    expect((await call(['why', rollout])).stdout).toMatch(/^guard +errors: pass, as before, but newer$/m);
    expect((await call(['status', rollout, '-o', 'json'])).json()).toMatchObject({
      readings: [{ reason: reading.reason }],
      why: { evidence: [{ reason: reading.reason }] },
    });
    expect((await server.client.why(rollout)).evidence).toEqual([reading]);
  } finally {
    await handle.cancel();
    await handle.result().catch(() => undefined);
  }
});
