import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { Refusal, type RolloutClient } from '../../apps/client/client.js';
import { absence } from '../../apps/client/workers.js';
import {
  deploymentOf,
  readDeployment,
  type DeploymentService,
} from '../../activities/temporal/deployment.js';
import { claimCurrent } from '../../apps/worker/claim-current.js';
import { onTemporal, type OnTemporal, type RunningWorker } from '../support/temporal.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import { connect } from '../../apps/client/connect.js';

let temporal: OnTemporal;
let client: Client;
let rollouts: RolloutClient;
let service: DeploymentService;
/** By environment and build: a process may have one worker of each. */
const polling = new Map<string, RunningWorker>();

beforeAll(async () => {
  temporal = await onTemporal();
  ({ client } = temporal);
  rollouts = await connect({ address: inject('temporalAddress') });
  service = { workflowService: client.workflowService, namespace: 'default' };
});
afterEach(async () => {
  await Promise.all([...polling.values()].map((worker) => worker.stop()));
  polling.clear();
});
afterAll(async () => {
  await rollouts.close();
  await temporal.close();
});

/** Dots are allowed in the name of an environment, and the server takes none in a deployment's. */
const freshEnvironment = () => `t.${randomBytes(4).toString('hex')}`;

/** A worker of a build asks for work, and then sees to it who has new rollouts; answers what it was told. */
async function begin(environment: string, build: string, beside = false): Promise<string | undefined> {
  const name = `${environment} ${build}`;
  await polling.get(name)?.stop();
  const worker = await temporal.work({
    taskQueue: taskQueueOf(environment),
    workflows: 'none',
    activities: { nothing: () => Promise.resolve() },
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: deploymentOf(environment), buildId: build },
      defaultVersioningBehavior: 'PINNED',
    },
  });
  polling.set(name, worker);
  const { signal } = new AbortController();
  return claimCurrent({ service, environment, build, beside, signal });
}

const currentOf = async (environment: string) => (await readDeployment(service, environment))?.current;

describe('the build that new rollouts start on', () => {
  it('is the first one, also when it is to stand beside', async () => {
    const environment = freshEnvironment();
    expect(await begin(environment, '1.0', true)).toBeUndefined();
    expect(await currentOf(environment)).toBe('1.0');
  });

  it('is the newest one, and stays so when an old worker is started again', async () => {
    const environment = freshEnvironment();
    await begin(environment, '2.0');
    // A lower number, seen later: what counts is what was deployed last.
    expect(await begin(environment, '1.9')).toBeUndefined();
    expect(await currentOf(environment)).toBe('1.9');
    expect(await begin(environment, '2.0')).toBe('1.9');
    expect(await currentOf(environment)).toBe('1.9');
  });

  it('is left alone by one that stands beside, until somebody makes that one current, and back', async () => {
    const environment = freshEnvironment();
    await begin(environment, 'a');
    expect(await begin(environment, 'b', true)).toBe('a');
    expect(await currentOf(environment)).toBe('a');
    for (const build of ['b', 'a']) {
      await rollouts.builds.makeCurrent(environment, build);
      expect(await currentOf(environment)).toBe(build);
    }
  });

  it('is one of those that come at the same time', async () => {
    const environment = freshEnvironment();
    const builds = ['a', 'b', 'c'];
    await Promise.all(builds.map((build) => begin(environment, build)));
    expect(builds).toContain(await currentOf(environment));
  });
});

describe('refused', () => {
  const refusal = (message: RegExp) =>
    expect.objectContaining({ name: 'Refusal', message: expect.stringMatching(message) as string });

  it('a build that is not known, with those that are', async () => {
    const environment = freshEnvironment();
    await expect(rollouts.builds.makeCurrent(environment, 'x')).rejects.toEqual(
      refusal(
        /build x: is not known in environment .*; no worker has ever run there; start one: switchback worker/,
      ),
    );
    await begin(environment, 'a');
    await expect(rollouts.builds.makeCurrent(environment, 'x')).rejects.toEqual(refusal(/use one of a$/));
    await expect(rollouts.builds.move(`rollout/${environment}/some/key`, 'x')).rejects.toEqual(
      refusal(/use one of a$/),
    );
  });

  it('a rollout that does not exist', async () => {
    const environment = freshEnvironment();
    await begin(environment, 'a');
    await expect(rollouts.builds.move(`rollout/${environment}/some/key`, 'a')).rejects.toEqual(
      refusal(/does not exist/),
    );
  });

  // No server that we can start denies anything: this is the answer of one that does.
  it('by a server that does not let us', async () => {
    const denied = Object.assign(new Error('no'), { code: 7 });
    const workflowService = { describeWorkerDeployment: () => Promise.reject(denied) };
    const request = { environment: 'e', build: 'b', beside: false, signal: new AbortController().signal };
    await expect(
      claimCurrent({
        ...request,
        service: { workflowService: workflowService as never, namespace: 'default' },
      }),
    ).rejects.toThrow(Refusal);
  });
});

// As the client of a busy server sees it: what it did not answer in time it may have done.
it.each([
  [1, 'Timeout expired'],
  [4, 'context deadline exceeded'],
  [14, 'connection refused'],
])('a server that does not answer (%i, %s) is asked again', async (code, message) => {
  const silent = () => Promise.reject(Object.assign(new Error(message), { code }));
  const answers = [
    silent,
    () =>
      Promise.resolve({
        workerDeploymentInfo: { versionSummaries: [{ deploymentVersion: { buildId: 'b' } }] },
      }),
    () =>
      Promise.resolve({
        workerDeploymentInfo: { routingConfig: { currentDeploymentVersion: { buildId: 'b' } } },
      }),
  ];
  const workflowService = {
    describeWorkerDeployment: () => answers.shift()!(),
    setWorkerDeploymentCurrentVersion: silent,
  };
  const service = { workflowService: workflowService as never, namespace: 'default' };
  const { signal } = new AbortController();
  await claimCurrent({ environment: 'e', build: 'b', beside: false, signal, service });
  expect(answers).toEqual([]);
});

it('who waits for a worker hears of which build', () => {
  const seenAt = new Map([['new', Date.now()]]);
  const of = (build: string | undefined, workers = { seenAt, current: 'new' }) =>
    absence('r', 'e', build, workers);
  expect(of('old')).toEqual({
    reason: 'it belongs to build old, of which no worker runs',
    fix: 'start one of that build, or move it: switchback builds move r --to BUILD',
  });
  expect(of('new').reason).toMatch(/^a worker of build new asked for work \d+ s ago$/);
  expect(of('new').fix).toBe('ask again, and if it is gone, start one: switchback worker --env e');
  const both = { seenAt: new Map([...seenAt, ['old', Date.now()]]), current: 'new' };
  expect(of('old', both).fix).toMatch(/^start one of that build, or move it/);
  expect(of('new', both).fix).toBe('ask again, and if it is gone, start one: switchback worker --env e');
  expect(of(undefined).reason).toMatch(/^a worker of environment e asked/);
  expect(of('old', { seenAt: new Map(), current: 'old' }).reason).toBe('no worker of environment e runs');
  expect(of(undefined, { seenAt: new Map([['old', 1]]), current: 'new' }).reason).toBe(
    'no worker of environment e runs',
  );
});
