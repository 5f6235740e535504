import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen } from '../../../apps/api/server.js';
import { byName } from '../../../apps/api/identity/by-name.js';
import type { Identities } from '../../../apps/api/identity/identities.js';
import type { CheckRequest } from '../../../apps/client/checks.js';
import type { StartRequest, TakeBackRequest } from '../../../apps/client/client.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import type { LocksRequest } from '../../../src/protocol/locks.js';
import { doorOf } from '../api/door.js';
import { switchback } from './console.js';
import { askingPlan, scratch } from './plans.js';

const started: StartRequest[] = [];
const checked: CheckRequest[] = [];
const decided: LocksRequest[] = [];
const takenBack: TakeBackRequest[] = [];
const client = {
  builds: { everServed: () => Promise.resolve(true), list: () => Promise.resolve([]) },
  workerSeenAt: () => Promise.resolve(Date.now()),
  start(request: StartRequest) {
    started.push(request);
    return Promise.resolve({ rollout: 'rollout/here/rename-thing/k', runId: 'r' });
  },
  takeBack(request: TakeBackRequest) {
    takenBack.push(request);
    return Promise.resolve({ rollout: `${request.rollout}-revert`, runId: 'r' });
  },
  describe: (id: string) => Promise.resolve({ rollout: id, startedAt: 1 }),
  locks: {
    decide(_environment: string, request: LocksRequest) {
      decided.push(request);
      return Promise.resolve({ accepted: true, reason: 'so be it' });
    },
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
  started.length = checked.length = decided.length = takenBack.length = 0;
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

it.each(['revert', 'rescue'])(
  'and with a %s, which a service has to say and a person must not',
  async (kind) => {
    const take = [kind, 'rollout/here/rename-thing/k', '--reason', 'slow', '--detach'] as const;
    const service = await door({ byName: false });
    expect(await service(...take, '--asked-for', 'ana')).toMatchObject({ code: 0, stderr: '' });
    expect(takenBack).toEqual([expect.objectContaining({ by: 'robot', kind, askedFor: 'ana' })]);
    const unsaid = await service(...take);
    expect(unsaid.code).not.toBe(0);
    expect(unsaid.stderr).toMatch(/askedFor.*is missing: robot is a service; say who asked for it/);
    await close();
    const callerOf = () =>
      Promise.resolve({ name: 'ana', kind: 'person', groups: [], proof: 'token' } as const);
    const person = await door({ byName: false, callerOf });
    expect((await person(...take, '--asked-for', 'ben')).stderr).toMatch(/ana is a person; leave it out/);
    expect(takenBack).toHaveLength(1);
  },
);

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

it('somebody delegates their gates, and ends that', async () => {
  const call = await door();
  const create = ['delegation', 'create', '--to', 'ben', '--reason', 'holiday'];
  const until = ['--until', '2026-12-08T00:00:00Z'];
  const made = await call(...create, ...until, '--gate', 'go', '--gate', 'purge', '--key', 'k');
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.json()).toMatchObject({ environment: 'here', type: 'delegate', to: 'ben', accepted: true });
  await call(...create, ...until, '--since', '2026-12-01T00:00:00+01:00');
  const { decision } = made.json<{ decision: string }>();
  await call('delegation', 'end', decision, '--reason', 'back again');
  const said = { by: 'robot', to: 'ben', until: Date.UTC(2026, 11, 8), reason: 'holiday', type: 'delegate' };
  expect(decided).toEqual([
    { ...said, id: decision, gates: ['go', 'purge'] },
    { ...said, id: expect.any(String) as string, gates: ['*'], since: Date.UTC(2026, 10, 30, 23) },
    expect.objectContaining({ type: 'end-delegation', delegation: decision, reason: 'back again' }),
  ]);
  const noZone = await call(...create, '--until', '2026-12-08T00:00:00');
  expect([noZone.code, noZone.stderr]).toEqual([2, expect.stringContaining('with its zone')]);
});
