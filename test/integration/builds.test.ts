import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { sentinelId } from '../../src/protocol/sentinel.js';
import type { Build } from '../../apps/client/client.js';
import { buildOf } from '../../apps/client/builds.js';
import { locksId } from '../../src/protocol/locks.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { switchback } from '../apps/cli/console.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import { eventsOf, eventually, openEnvironment, type TestEnvironment } from '../support/rollouts.js';

const old = { buildId: 'old', workflows: new URL('../support/builds/old', import.meta.url) };
const broken = { buildId: 'broken', workflows: new URL('../support/builds/broken', import.meta.url) };

async function inBareEnvironment(body: (environment: TestEnvironment) => Promise<void>): Promise<void> {
  const environment = await openEnvironment();
  try {
    await body(environment);
  } finally {
    await environment.close();
  }
}

/** The build that did the last task of a workflow, or that it was moved to. */
async function workedBy(temporal: Client, workflowId: string): Promise<string | undefined> {
  const { raw } = await temporal.workflow.getHandle(workflowId).describe();
  return buildOf(raw.workflowExecutionInfo?.versioningInfo);
}

/** The build that the activity that watches an environment was begun by, and so goes to. */
async function watchedBy(temporal: Client, environment: string): Promise<string | undefined> {
  const { events } = await temporal.workflow.getHandle(sentinelId(environment)).fetchHistory();
  const begun = events?.findLast(
    ({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes,
  );
  const by = begun?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
  const task = events?.find(({ eventId }) => String(eventId) === String(by));
  return task?.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? undefined;
}

/** As docs/deploying.md does it with Temporal's own program. */
async function moveByTemporal({ name }: TestEnvironment, rollout: string, build: string): Promise<void> {
  const deployment = `switchback-${name}`;
  await temporalCli('worker', 'deployment', 'describe', '--name', deployment);
  const pinned = ['--versioning-override-behavior', 'pinned'];
  const to = ['--versioning-override-deployment-name', deployment, '--versioning-override-build-id', build];
  await temporalCli('workflow', 'update-options', '--workflow-id', rollout, ...pinned, ...to);
}

/** The builds with what is not about times, the newest first. */
async function buildsOf({ client, name }: TestEnvironment) {
  const builds = await client.builds.list(name);
  return builds.map(({ build, current, rollouts, mayGo }: Build) => ({ build, current, rollouts, mayGo }));
}

/** Nothing but the first gate: it touches nothing that another rollout touches. */
function onlyTheGate(plan: Plan): Plan {
  const { promote } = plan.phases;
  const gates = promote.filter(({ type }) => type === 'gate');
  return {
    ...plan,
    scope: ['flag:other'],
    phases: { expand: [], canary: [], soak: [], promote: gates, contract: [] },
  };
}

it.concurrent('an old rollout ends on its build, while the sentinel and new rollouts are on the newest', () =>
  inBareEnvironment(async (environment) => {
    const { temporal, name } = environment;
    const oldWorker = await environment.workAs(old);
    const first = await environment.start();
    await first.waitForGate('approve/go');
    expect(await temporal.workflow.getHandle(first.id).query('build')).toBe('old');
    expect(await temporal.workflow.getHandle(sentinelId(name)).query('build')).toBe('old');

    await environment.workAs({ buildId: 'new' });
    await eventually(async () =>
      expect(await buildsOf(environment)).toEqual([
        { build: 'new', current: true, rollouts: 0, mayGo: false },
        { build: 'old', current: false, rollouts: 1, mayGo: false },
      ]),
    );
    const second = await environment.start({}, onlyTheGate);
    await second.waitForGate('approve/go');
    expect(await workedBy(temporal, second.id)).toBe('new');
    await eventually(async () => expect(await workedBy(temporal, sentinelId(name))).toBe('new'));
    expect(await workedBy(temporal, locksId(name))).toBe('new');
    await eventually(async () => expect(await watchedBy(temporal, name)).toBe('new'));

    await first.decideAt('approve/go', 'ben', { type: 'reject' });
    expect((await first.ended()).outcome).toMatchObject({ type: 'rolled-back' });
    expect(await workedBy(temporal, first.id)).toBe('old');
    expect(await temporal.workflow.getHandle(first.id).query('build')).toBe('old');

    // Now the old workers may go, and with them the activity that watched.
    await eventually(async () =>
      expect((await buildsOf(environment))[1]).toEqual({
        build: 'old',
        current: false,
        rollouts: 0,
        mayGo: true,
      }),
    );
    await oldWorker.stop();
    const third = await environment.start();
    await third.waitForGate('approve/go');
    environment.shop.failing = 0.5;
    expect((await third.ended()).outcome).toMatchObject({
      type: 'rolled-back',
      reason: expect.stringContaining('guard errors failed'),
    });
    await second.pass('approve/go', { ana: 'update', ben: 'update' });
    expect((await second.ended()).outcome).toMatchObject({ type: 'completed' });
    expect([await workedBy(temporal, second.id), await workedBy(temporal, third.id)]).toEqual(['new', 'new']);
  }),
);

it.concurrent('a rollout that its build can do nothing with is moved to a fixed build and ends there', () =>
  inBareEnvironment(async (environment) => {
    const { client, temporal } = environment;
    await environment.workAs(broken);
    const rollout = await environment.start();
    await rollout.waitForGate('approve/go');
    const handle = temporal.workflow.getHandle(rollout.id);
    // Never answered: every task that brings it fails.
    void handle.executeUpdate('break').catch(() => undefined);
    const failedTasks = async () =>
      (await handle.fetchHistory()).events?.filter(
        ({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes,
      ) ?? [];
    await eventually(async () => expect(await failedTasks()).not.toEqual([]));

    await environment.workAs({ buildId: 'fixed' });
    expect(await workedBy(temporal, rollout.id)).toBe('broken');
    await moveByTemporal(environment, rollout.id, 'fixed');
    expect(await workedBy(temporal, rollout.id)).toBe('fixed');
    await moveByTemporal(environment, rollout.id, 'broken');
    const server = ['--address', client.address, '-o', 'json'];
    const moved = await switchback(['builds', 'move', rollout.id, '--to', 'fixed', ...server]);
    expect(moved.stderr).toBe('');
    expect(moved.json()).toEqual({ rollout: rollout.id, build: 'fixed', from: 'broken' });
    await rollout.pass('approve/go', { ana: 'update', ben: 'update' });
    await rollout.pass('approve/purge', { ana: 'update' });
    const { outcome, journal } = await rollout.ended();

    expect(outcome).toMatchObject({ type: 'completed' });
    const started = eventsOf(journal, 'act-started').map(({ step }) => step);
    expect(new Set(started).size).toBe(started.length);
    await eventually(async () =>
      expect(await buildsOf(environment)).toEqual([
        { build: 'fixed', current: true, rollouts: 0, mayGo: false },
        { build: 'broken', current: false, rollouts: 0, mayGo: true },
      ]),
    );
  }),
);
