import { afterAll, beforeAll, expect, it } from 'vitest';
import { locksId } from '../../../src/protocol/locks.js';
import { switchback, type Ran } from './console.js';
import { startEnvironment, type TestEnvironment } from './environment.js';
import { askingPlan, scratch } from './plans.js';
import { eventually } from '../../support/eventually.js';

let environment: TestEnvironment;
let files: Awaited<ReturnType<typeof scratch>>;
let asking: string;

beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  asking = await files.write('asking.json', askingPlan());
});
afterAll(async () => {
  await environment?.client.workflow.getHandle(locksId(environment.name)).terminate();
  await environment?.stop();
  await files?.remove();
});

const call = (...args: readonly string[]): Promise<Ran> =>
  switchback([...args, '--address', environment.address]);
const locks = (...args: readonly string[]) => call('locks', '--env', environment.name, ...args);
const stop = (...args: readonly string[]) =>
  call('stop', '--env', environment.name, '--reason', 'smoke in the rack', ...args);

async function start(...more: string[]): Promise<string> {
  const ran = await call('start', asking, '--env', environment.name, '--as', 'ana', ...more, '-o', 'json');
  expect(ran.code).toBe(0);
  return ran.json<{ rollout: string }>().rollout;
}

const untilStatus = (rollout: string, status: string) =>
  eventually(async () => {
    const ran = await call('status', rollout, '-o', 'json');
    expect(ran.code).toBe(0);
    expect(ran.json()).toMatchObject({ status });
  });

async function expectRefused(ran: Promise<Ran>, message: RegExp | string): Promise<void> {
  const { code, stdout, stderr } = await ran;
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([3, '']);
}

it('locks are shown, refused to those who will not wait, orphaned, taken over, stopped and lifted', async () => {
  expect((await locks('-o', 'json')).json()).toEqual({
    environment: environment.name,
    holders: [],
    waiting: [],
  });
  expect((await locks()).stdout).toBe(`nobody holds a target of ${environment.name}\n`);

  const first = await start('--key', 'first');
  await untilStatus(first, 'waiting');
  const inLine = await call('start', asking, '--env', environment.name, '--key', 'second', '-o', 'json');
  expect(inLine.stderr).toContain('it stands in line: it waits for ');
  expect(inLine.stderr).toContain(first);
  const { rollout: second } = inLine.json<{ rollout: string }>();
  await untilStatus(second, 'queued');
  await expectRefused(
    call('start', asking, '--env', environment.name, '--no-wait'),
    /was refused, .*thing:one is held or awaited by rollout\/.*first \(team-one\).*; it was not to wait/,
  );
  const shown = await locks('-o', 'json');
  expect(shown.json()).toMatchObject({
    environment: environment.name,
    holders: [
      { rollout: first, owner: 'team-one', scope: ['thing:one'], since: expect.any(Number) as number },
    ],
    waiting: [{ rollout: second, behind: [{ rollout: first, owner: 'team-one', target: 'thing:one' }] }],
  });
  const text = (await locks()).stdout;
  expect(text).toMatch(
    /^HELD\n {2}rollout\/.*\/first \(team-one\), since .*\n {4}thing:one\nIN LINE\n {2}1\. .*second/,
  );
  expect(text).toMatch(new RegExp(`behind ${first} \\(team-one\\) for thing:one`));

  const takeOver = (rollout: string, as: string, ...more: readonly string[]) =>
    call('locks', 'take-over', rollout, '--as', as, '--reason', 'nobody else is left', '-o', 'json', ...more);
  await expectRefused(takeOver(first, 'ana'), /its workflow runs: abort it.*; see "switchback locks --env/);
  await expectRefused(takeOver('no-such-rollout', 'ana'), /rollout no-such-rollout: does not exist/);
  await environment.client.workflow.getHandle(first).terminate();
  expect((await locks()).stdout).toContain(
    `orphaned: terminated; free it: switchback locks take-over ${first}`,
  );
  await expectRefused(
    takeOver(first, 'carl'),
    /carl is in none of the groups that may decide: team-one, sre/,
  );
  const taken = await takeOver(first, 'ben', '--key', 'over');
  expect(taken.json()).toMatchObject({
    environment: environment.name,
    type: 'take-over',
    rollout: first,
    decision: 'over',
    by: 'ben',
    accepted: true,
    reason: 'its lock is free; 1 targets were read, each as it was captured',
  });
  expect((await takeOver(first, 'ben', '--key', 'over')).json()).toEqual(taken.json());
  const standsForIt = /key over stands for take-over of .*first by ben already: give another/;
  await expectRefused(takeOver(second, 'ben', '--key', 'over'), standsForIt);
  await untilStatus(second, 'waiting');

  await expectRefused(stop('--as', 'carl', '--key', 'over'), standsForIt);
  await expectRefused(stop('--as', 'mallory'), /mallory is not known here/);
  const stopIt = ['--as', 'carl', '--exposure-to-zero', '--key', 'fire', '-o', 'json'];
  const stopped = await stop(...stopIt);
  expect(stopped.json()).toMatchObject({
    environment: environment.name,
    type: 'stop',
    exposure: 'zero',
    by: 'carl',
    accepted: true,
    reason: expect.stringContaining(second) as string,
  });
  await untilStatus(second, 'paused');
  await expectRefused(
    call('start', asking, '--env', environment.name),
    /^environment \S+: is stopped since .* UTC by carl: smoke in the rack; when it is over: switchback stop --env/,
  );
  expect((await locks()).stdout).toMatch(/is stopped since .* UTC by carl: smoke in the rack\n/);
  expect((await locks('-o', 'json')).json()).toMatchObject({ stopped: { by: 'carl', exposure: 'zero' } });
  await expectRefused(stop('--lift', '--as', 'carl', '--key', 'fire'), /key fire stands for stop by carl/);
  await expectRefused(stop('--lift', '--as', 'carl'), /carl is in none of the groups that may decide: sre/);
  expect((await stop('--lift', '--as', 'ben')).stdout).toMatch(
    /^lift of \S+ as ben: accepted, rollouts may start/,
  );
  await expectRefused(stop('--lift', '--as', 'ben'), /the environment is not stopped/);
  // Given again it is answered as the first time, and stops nothing any more.
  expect((await stop(...stopIt)).json()).toEqual(stopped.json());
  await expectRefused(stop('--lift', '--as', 'ben'), /the environment is not stopped/);
  const third = await start();
  await untilStatus(third, 'queued');
  for (const rollout of [second, third]) await environment.client.workflow.getHandle(rollout).terminate();

  // The journal leaves a moment after the fact.
  const config = await files.write('switchback.config.json', {
    environments: { [environment.name]: environment.configured },
  });
  const verify = ['journal', 'verify', locksId(environment.name), '--config', config];
  await eventually(async () =>
    expect((await call(...verify)).stdout).toMatch(
      /^locks\/\S+: \d+ entries, whole; not compared with the history: that of locks and sentinels keeps no journal\n/,
    ),
  );
  expect((await call(...verify, '-o', 'json')).json()).toMatchObject({ verified: true, compared: false });
  await eventually(async () => {
    const told = await environment.records.query<{ by: string; facts: object }>(
      `SELECT event->>'by' AS by, event->'evidence' AS facts FROM switchback.journal
        WHERE rollout = $1 AND event->>'type' = 'decision' ORDER BY number DESC LIMIT 2`,
      [locksId(environment.name)],
    );
    expect(told.map(({ by, facts }) => ({ by, ...facts }))).toMatchObject([
      { by: 'ben', decision: 'lift', accepted: false, answer: 'the environment is not stopped' },
      { by: 'ben', decision: 'lift', accepted: false },
    ]);
  });
  await environment.records.query(
    `UPDATE switchback.journal SET event = replace(event::text, 'nobody else is left', 'nobody was asked')::json
      WHERE rollout = $1`,
    [locksId(environment.name)],
  );
  await expectRefused(call(...verify), /journal of locks\/\S+: is not whole at entry \d+: .*was changed/);
});
