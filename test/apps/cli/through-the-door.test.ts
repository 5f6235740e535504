import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen } from '../../../apps/api/server.js';
import { byName } from '../../../apps/api/identity/by-name.js';
import type { Identities } from '../../../apps/api/identity/identities.js';
import type { CheckRequest } from '../../../apps/client/checks.js';
import type { StartRequest } from '../../../apps/client/client.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { doorOf } from '../api/door.js';
import { switchback } from './console.js';
import { askingPlan, scratch } from './plans.js';

const started: StartRequest[] = [];
const checked: CheckRequest[] = [];
const client = {
  builds: { everServed: () => Promise.resolve(true), list: () => Promise.resolve([]) },
  workerSeenAt: () => Promise.resolve(Date.now()),
  start(request: StartRequest) {
    started.push(request);
    return Promise.resolve({ rollout: 'rollout/here/rename-thing/k', runId: 'r' });
  },
  check(request: CheckRequest) {
    checked.push(request);
    return Promise.resolve({ format: 1, findings: [{ verdict: 'ok', about: 'people', found: 'enough' }] });
  },
};

let files: Awaited<ReturnType<typeof scratch>>;
let file: string;
let close: () => Promise<void> = () => Promise.resolve();
beforeEach(async () => {
  files = await scratch();
  file = await files.write('plan.json', askingPlan());
  started.length = checked.length = 0;
});
afterEach(async () => {
  await close();
  await files.remove();
});

/** An API that takes whoever asks for `robot`, and how it is called. */
async function door(over: Partial<Identities> = {}) {
  const callerOf = () =>
    Promise.resolve({ name: 'robot', kind: 'service', groups: [], proof: 'token' } as const);
  const identities = { ...byName(() => ({ robot: [] })), callerOf, ...over };
  const { app } = doorOf(client, { hosts: ['127.0.0.1'], identities });
  const { url, close: end } = await listen(app, '127.0.0.1', 0);
  close = end;
  return (...args: string[]) =>
    switchback([...args, '--server', url, '-o', 'json'], { env: { HOME: files.dir } });
}

it('who asked for a start goes with it', async () => {
  const call = await door();
  const start = ['start', file, '--detach', '--key', 'k'] as const;
  expect(await call(...start, '--asked-for', 'ana')).toMatchObject({ code: 0, stderr: '' });
  expect(started).toEqual([
    expect.objectContaining({ startedBy: 'robot', askedFor: 'ana', fromFile: true, key: 'k' }),
  ]);
  await call(...start);
  expect(started[1]).not.toHaveProperty('askedFor');
});

it('a plan file is checked as one that may call itself anything', async () => {
  const call = await door();
  const ran = await call('check', file);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const digest = planDigest(askingPlan());
  expect(ran.json()).toMatchObject({ environment: 'here', digest, fits: true });
  expect(checked).toEqual([{ plan: askingPlan(), digest, environment: 'here', fromFile: true }]);
});

it('by those alone who may start it from a file, on each of its targets', async () => {
  const call = await door({
    deniedFor: (_caller, right) => (right === 'start-from-file' ? 'may only look' : undefined),
  });
  expect(await call('check', file)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('may only look') as string,
  });
  await close();
  const limited = await door({ targetsDenied: () => ['thing:one'] });
  expect((await limited('check', file)).stderr).toContain('may not start a plan from a file on thing:one');
  expect(checked).toEqual([]);
});
