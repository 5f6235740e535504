import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { plain } from './console.js';
import { eventually } from '../../support/eventually.js';
import { onServer } from './on-server.js';
import { exposingPlan, unfitPlan } from './plans.js';

const server = onServer();
const { approve, call, start, untilStatus } = server;

describe('a rollout', () => {
  it('is started, looked at, approved by two people, completed, listed and verified', async () => {
    const key = `k${randomUUID()}`;
    const rollout = await start(server.asking, '--key', key);
    expect(rollout).toBe(`rollout/${server.environment.name}/rename-thing/${key}`);
    await untilStatus(rollout, 'waiting');

    const status = await call(['status', key, '-o', 'json']);
    expect(status.json()).toMatchObject({
      format: 1,
      rollout,
      status: 'waiting',
      gate: { step: 'approve/go' },
    });
    const tree = await call(['status', `rename-thing/${key}`]);
    expect(tree.stdout).toMatch(/⏸ approve\/go +0 of 2 approved/);
    expect(tree.stdout).toContain(`switchback approve ${rollout} --as NAME`);
    const why = await call(['why', key, '-o', 'json']);
    expect(why.json()).toMatchObject({ rollout, status: 'waiting', who: ['team-one', 'sre'] });

    const yes = await approve(rollout, 'ana');
    expect(yes.json()).toMatchObject({
      rollout,
      type: 'approve',
      step: 'approve/go',
      by: 'ana',
      accepted: true,
    });
    expect((await approve(rollout, 'ben')).code).toBe(0);
    expect(await server.client.wait(rollout)).toMatchObject({ type: 'completed' });
    expect((await call(['why', key])).stdout).toMatch(
      /^status +completed\nbecause +\S.*\nexposed .*\nsince .*\nwaits for +nothing: it is over$/m,
    );

    const journal = await call(['journal', rollout, '-o', 'json']);
    const { events } = journal.json<{ events: { type: string }[] }>();
    expect(events.at(-1)?.type).toBe('ended');
    expect((await call(['journal', rollout])).stdout).toMatch(
      /decision approve\/go: approve: accepted.*\(ana\)/,
    );
    const verified = await call(['journal', 'verify', rollout, '--config', server.config, '-o', 'json']);
    expect(verified.json()).toMatchObject({
      rollout,
      verified: true,
      entries: events.length,
      compared: true,
      notYetExported: 0,
    });

    const lists = async (...args: string[]) =>
      (await call(['list', '--env', server.environment.name, ...args, '-o', 'json'])).json<{
        rollouts: { rollout: string; status: string }[];
      }>().rollouts;
    await eventually(async () =>
      expect(await lists('--all')).toContainEqual(
        expect.objectContaining({ rollout, status: 'completed', endedAt: expect.any(Number) as number }),
      ),
    );
    await eventually(async () =>
      expect(await lists()).not.toContainEqual(expect.objectContaining({ rollout })),
    );
  });

  it('is awaited: its journal on stderr, its outcome on stdout, 0 when completed', async () => {
    const file = await server.files.write('exposing.json', exposingPlan('1s'));
    const ran = await call(['start', file, '--env', server.environment.name, '--wait', '-o', 'json']);
    expect(ran.code).toBe(0);
    expect(ran.json()).toMatchObject({ runbook: 'expose-thing', outcome: { type: 'completed' } });
    expect(ran.stderr).toMatch(/watch-passed watch\/canary-5/);
    expect(ran.stderr).toMatch(/ended: completed/);
  });

  it.each([[], ['--wait']])('is refused when it does not fit the environment %s', async (...wait) => {
    const file = await server.files.write('unfit.json', unfitPlan());
    const ran = await call(['start', file, '--env', server.environment.name, '-o', 'json', ...wait]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/was refused, nothing was changed: .*thing one: is not yours; ask its owner/);
    const detached = await call(['start', file, '--env', server.environment.name, '--detach', '-o', 'json']);
    expect(detached.code).toBe(0);
    await untilStatus(detached.json<{ rollout: string }>().rollout, 'refused');
  });

  it('ends with 5 when it was rolled back while awaited, and shows a live tree on a terminal', async () => {
    const key = `k${randomUUID()}`;
    const args = ['start', server.asking, '--env', server.environment.name, '--key', key, '--wait'];
    const awaited = call(args, { tty: true });
    const rollout = `rollout/${server.environment.name}/rename-thing/${key}`;
    await untilStatus(rollout, 'waiting');
    const rejected = await call(['reject', rollout, '--as', 'ben', '--reason', 'not today']);
    expect(rejected.stdout).toContain('accepted, everything is taken back');
    const ran = await awaited;
    expect(ran.code).toBe(5);
    expect(plain(ran.stdout)).toMatch(/^rolled-back: ben rejected approve\/go: not today/);
    expect(plain(ran.stderr)).toMatch(/↶ act\/prepare/);
  });

  it('goes on when Ctrl-C detaches', async () => {
    const rollout = await start(server.asking);
    await untilStatus(rollout, 'waiting');
    const ran = await call(['status', rollout, '--watch'], {
      onListening: (interrupt) => setTimeout(interrupt, 800),
    });
    expect([ran.code, ran.stdout]).toEqual([130, '']);
    expect(ran.stderr).toContain(`come back with: switchback status ${rollout} --watch`);
    const aborted = await call(['abort', rollout, '--as', 'ana', '--reason', 'enough', '-o', 'json']);
    expect(aborted.json()).toMatchObject({ type: 'abort', accepted: true });
    expect(await server.client.wait(rollout)).toMatchObject({ type: 'rolled-back' });
  });

  it('that is cancelled from outside is told as rolled back', async () => {
    const rollout = await start(server.asking);
    await untilStatus(rollout, 'waiting');
    await server.environment.client.workflow.getHandle(rollout).cancel();
    expect(await server.client.wait(rollout)).toMatchObject({ type: 'rolled-back', cancelled: true });
  });
});
