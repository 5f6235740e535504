import { describe, expect, it } from 'vitest';
import { countCalls } from './count-calls.js';
import { onServer } from './on-server.js';
import { exposingPlan } from './plans.js';

const server = onServer();
const { call, start, untilStatus } = server;

describe('an operator', () => {
  const as = (person: string, verb: string, rollout: string, ...more: string[]) =>
    call([verb, rollout, '--as', person, ...more]);

  it('pauses and resumes, and sees what is possible meanwhile', async () => {
    const rollout = await start(server.asking);
    await untilStatus(rollout, 'waiting');
    const paused = await as('carl', 'pause', rollout, '--reason', 'lunch', '-o', 'json');
    expect(paused.json()).toMatchObject({ type: 'pause', by: 'carl', accepted: true });

    const tree = (await call(['status', rollout])).stdout;
    expect(tree).toContain('● paused');
    expect(tree).toContain('somebody to resume it: carl paused it (lunch)');
    expect(tree).toMatch(/ possible now\n {3}switchback resume \S+ --as NAME\n/);
    expect(tree).not.toMatch(/switchback (pause|advance)/);
    expect((await call(['why', rollout])).stdout).toMatch(
      /^possible +resume, approve, reject, comment, abort, extend, halt$/m,
    );
    expect((await call(['why', rollout, '-o', 'json'])).json()).toMatchObject({
      paused: { by: 'carl', reason: 'lunch' },
      possible: ['resume', 'approve', 'reject', 'comment', 'abort', 'extend', 'halt'],
    });

    const refused = await as('carl', 'resume', rollout);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toMatch(/resume for .* as carl: carl is in none of the groups/);
    expect((await as('ana', 'resume', rollout)).stdout).toContain('accepted, it goes on where it was');
    await untilStatus(rollout, 'waiting');
    await as('ana', 'halt', rollout, '--reason', 'seen enough');
    expect(await server.client.wait(rollout)).toMatchObject({ type: 'halted' });
  });

  it.each([
    [['advance'], 'nothing is watched now'],
    [['retry'], 'it does not need an operator now'],
    [['skip', '--reason', 'x'], 'it does not need an operator now'],
  ])(
    'who says %j in vain hears what is possible, and nothing is sent',
    async ([verb = '', ...more], rule) => {
      const rollout = await start(server.asking);
      await untilStatus(rollout, 'waiting');
      const ran = await as('ana', verb, rollout, ...more);
      expect([ran.code, ran.stdout]).toEqual([3, '']);
      expect(ran.stderr).toContain(`${verb} for ${rollout}: ${rule}: it is waiting and waits for approve/go`);
      expect(ran.stderr).toContain('possible now: approve, reject, comment, extend, abort, pause, halt; see');
      expect((await server.client.journal(rollout)).filter(({ type }) => type === 'decision')).toEqual([]);
      await as('ana', 'abort', rollout, '--reason', 'enough');
      await server.client.wait(rollout);
    },
  );

  it('takes a comment and a later deadline at a gate: not yet is no reject', async () => {
    const rollout = await start(server.asking);
    await untilStatus(rollout, 'waiting');
    const before = (await server.client.status(rollout)).gate?.deadline ?? 0;
    const extended = await as('ana', 'extend', rollout, '--for', '1h', '--reason', 'not yet', '-o', 'json');
    expect(extended.json()).toMatchObject({ type: 'extend', step: 'approve/go', ms: 3_600_000 });
    const comment = await as('carl', 'comment', rollout, 'I look at three', '-o', 'json');
    expect(comment.json()).toMatchObject({ type: 'comment', by: 'carl', accepted: true });
    expect(await server.client.status(rollout)).toMatchObject({
      status: 'waiting',
      gate: { deadline: before + 3_600_000, approvals: [], missing: 2 },
    });
    expect((await server.client.journal(rollout)).findLast(({ type }) => type === 'decision')).toMatchObject({
      by: 'carl',
      evidence: { decision: 'comment', reason: 'I look at three' },
    });
    await as('ana', 'abort', rollout, '--reason', 'seen enough');
    await server.client.wait(rollout);
  });

  it('extends a watch, and may not end it early when the plan does not say so', async () => {
    const rollout = await start(await server.files.write('watched.json', exposingPlan('30m')));
    await untilStatus(rollout, 'watching');
    const before = (await server.client.status(rollout)).watch?.endsAt ?? 0;
    const extended = await as('ana', 'extend', rollout, '--for', '1h', '--reason', 'x', '-o', 'json');
    expect(extended.json()).toMatchObject({ type: 'extend', step: 'watch/canary-5', ms: 3_600_000 });
    expect((await server.client.status(rollout)).watch?.endsAt).toBe(before + 3_600_000);
    const early = await as('ana', 'advance', rollout);
    expect(early.code).toBe(3);
    expect(early.stderr).toMatch(
      /the plan does not let watch\/canary-5 end early \(it is watching; possible now: abort, pause, extend, halt\)/,
    );
    const halted = await as('ana', 'halt', rollout, '--reason', 'by hand');
    expect(halted.stdout).toContain('5 % exposed, and nobody watches it');
    await server.client.wait(rollout);
    expect((await call(['status', rollout])).stdout).toContain('5 % stay exposed, and nobody watches them');
  });

  it('is decided about in three calls of the server, and aborted in two', async () => {
    const rollout = await start(server.asking);
    await untilStatus(rollout, 'waiting');
    const counted = countCalls();
    await as('ana', 'approve', rollout);
    expect(counted.splice(0)).toEqual([
      'describeWorkflowExecution',
      'queryWorkflow',
      'updateWorkflowExecution',
    ]);
    await as('ana', 'abort', rollout, '--reason', 'only a test');
    expect(counted).toEqual(['describeWorkflowExecution', 'updateWorkflowExecution']);
  });

  it('is answered under the same key as the first time, also when the rollout is over', async () => {
    const rollout = await start(server.asking);
    await untilStatus(rollout, 'waiting');
    const yes = ['--key', 'ticket-7', '-o', 'json'];
    const first = await as('ana', 'approve', rollout, ...yes);
    expect(first.json()).toMatchObject({ decision: 'ticket-7', accepted: true, reason: '1 more needed' });
    expect((await as('ana', 'approve', rollout, ...yes)).json()).toEqual(first.json());
    expect((await server.client.status(rollout)).gate?.approvals).toHaveLength(1);

    const stolen = await as('ben', 'approve', rollout, ...yes);
    expect([stolen.code, stolen.stdout]).toEqual([3, '']);
    expect(stolen.stderr).toBe('key ticket-7: stands for approve by ana already; give another --key\n');
    const other = await as('ana', 'abort', rollout, '--reason', 'x', ...yes);
    expect(other.stderr).toBe('key ticket-7: stands for approve by ana already; give another --key\n');

    const outside = await as('carl', 'approve', rollout, '--key', 'c');
    expect((await as('carl', 'approve', rollout, '--key', 'c')).stderr).toBe(outside.stderr);
    const unknown = await as('mallory', 'approve', rollout, '--key', 'm');
    expect((await as('mallory', 'approve', rollout, '--key', 'm')).stderr).toMatch(
      /mallory is not known here/,
    );
    expect(unknown.code).toBe(3);

    const end = ['--reason', 'enough', '--key', 'end', '-o', 'json'];
    const halted = await as('ben', 'halt', rollout, ...end);
    await server.client.wait(rollout);
    expect((await as('ben', 'halt', rollout, ...end)).json()).toEqual(halted.json());
    expect((await as('ana', 'approve', rollout, ...yes)).json()).toEqual(first.json());
    const decisions = (await server.client.journal(rollout)).filter(({ type }) => type === 'decision');
    expect(decisions.map(({ by }) => by)).toEqual(['ana', 'carl', 'mallory', 'ben']);
  });
});
