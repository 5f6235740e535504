import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sentinelId, sentinelNames } from '../../../src/protocol/sentinel.js';
import { type RolloutClient } from '../../../apps/client/client.js';
import { plain, switchback, type ConsoleOptions, type Ran } from './console.js';
import { startEnvironment, type TestEnvironment } from './environment.js';
import { askingPlan, exposingPlan, scratch, unfitPlan } from './plans.js';
import { connect } from '../../../apps/client/connect.js';
import { eventually } from '../../support/eventually.js';

let environment: TestEnvironment;
let client: RolloutClient;
let files: Awaited<ReturnType<typeof scratch>>;
let asking: string;
let config: string;

beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  client = await connect({ address: environment.address, env: {} });
  asking = await files.write('asking.json', askingPlan());
  const environments = { [environment.name]: environment.configured };
  config = await files.write('switchback.config.json', { environments });
});
afterAll(async () => {
  await client?.close();
  await environment?.stop();
  await files?.remove();
});

/** A command against the server of this run. */
function call(args: readonly string[], options?: ConsoleOptions): Promise<Ran> {
  return switchback([...args, '--address', environment.address], options);
}

async function start(file: string, ...more: string[]): Promise<string> {
  const ran = await call(['start', file, '--env', environment.name, '--as', 'ana', ...more, '-o', 'json']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.json<{ rollout: string }>().rollout;
}

/** Also before the workflow's first task, when nobody can answer yet. */
async function untilStatus(rollout: string, wanted: string): Promise<void> {
  const status = () =>
    client.status(rollout).then(
      (report) => report.status,
      () => undefined,
    );
  await eventually(async () => expect(await status()).toBe(wanted));
}

const approve = (rollout: string, person: string) => call(['approve', rollout, '--as', person, '-o', 'json']);

/** The names of the calls that commands make of the server from now on. */
function countCalls(): string[] {
  const names: string[] = [];
  const real = Connection.connect.bind(Connection);
  const connecting = vi.spyOn(Connection, 'connect').mockImplementation(async (options) => {
    const connection = await real(options);
    const { workflowService } = connection;
    const counting = new Proxy(workflowService, {
      get(target, name: keyof typeof workflowService) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          names.push(name);
          return (member as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    return Object.defineProperty(connection, 'workflowService', { value: counting });
  });
  onTestFinished(() => connecting.mockRestore());
  return names;
}

describe('a rollout', () => {
  it('is started, looked at, approved by two people, completed, listed and verified', async () => {
    const key = `k${randomUUID()}`;
    const rollout = await start(asking, '--key', key);
    expect(rollout).toBe(`rollout/${environment.name}/rename-thing/${key}`);
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
    expect(await client.wait(rollout)).toMatchObject({ type: 'completed' });
    expect((await call(['why', key])).stdout).toMatch(
      /^status +completed\nbecause +\S.*\nexposed .*\nsince .*\nwaits for +nothing: it is over$/m,
    );

    const journal = await call(['journal', rollout, '-o', 'json']);
    const { events } = journal.json<{ events: { type: string }[] }>();
    expect(events.at(-1)?.type).toBe('ended');
    expect((await call(['journal', rollout])).stdout).toMatch(
      /decision approve\/go: approve: accepted.*\(ana\)/,
    );
    const verified = await call(['journal', 'verify', rollout, '--config', config, '-o', 'json']);
    expect(verified.json()).toMatchObject({
      rollout,
      verified: true,
      entries: events.length,
      compared: true,
      notYetExported: 0,
    });

    const lists = async (...args: string[]) =>
      (await call(['list', '--env', environment.name, ...args, '-o', 'json'])).json<{
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
    const file = await files.write('exposing.json', exposingPlan('1s'));
    const ran = await call(['start', file, '--env', environment.name, '--wait', '-o', 'json']);
    expect(ran.code).toBe(0);
    expect(ran.json()).toMatchObject({ runbook: 'expose-thing', outcome: { type: 'completed' } });
    expect(ran.stderr).toMatch(/watch-passed watch\/canary-5/);
    expect(ran.stderr).toMatch(/ended: completed/);
  });

  it.each([[], ['--wait']])('is refused when it does not fit the environment %s', async (...wait) => {
    const file = await files.write('unfit.json', unfitPlan());
    const ran = await call(['start', file, '--env', environment.name, '-o', 'json', ...wait]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/was refused, nothing was changed: .*thing one: is not yours; ask its owner/);
    const detached = await call(['start', file, '--env', environment.name, '--detach', '-o', 'json']);
    expect(detached.code).toBe(0);
    await untilStatus(detached.json<{ rollout: string }>().rollout, 'refused');
  });

  it('ends with 5 when it was rolled back while awaited, and shows a live tree on a terminal', async () => {
    const key = `k${randomUUID()}`;
    const args = ['start', asking, '--env', environment.name, '--key', key, '--wait'];
    const awaited = call(args, { tty: true });
    const rollout = `rollout/${environment.name}/rename-thing/${key}`;
    await untilStatus(rollout, 'waiting');
    const rejected = await call(['reject', rollout, '--as', 'ben', '--reason', 'not today']);
    expect(rejected.stdout).toContain('accepted, everything is taken back');
    const ran = await awaited;
    expect(ran.code).toBe(5);
    expect(plain(ran.stdout)).toMatch(/^rolled-back: ben rejected approve\/go: not today/);
    expect(plain(ran.stderr)).toMatch(/↶ act\/prepare/);
  });

  it('goes on when Ctrl-C detaches', async () => {
    const rollout = await start(asking);
    await untilStatus(rollout, 'waiting');
    const ran = await call(['status', rollout, '--watch'], {
      onListening: (interrupt) => setTimeout(interrupt, 800),
    });
    expect([ran.code, ran.stdout]).toEqual([130, '']);
    expect(ran.stderr).toContain(`come back with: switchback status ${rollout} --watch`);
    const aborted = await call(['abort', rollout, '--as', 'ana', '--reason', 'enough', '-o', 'json']);
    expect(aborted.json()).toMatchObject({ type: 'abort', accepted: true });
    expect(await client.wait(rollout)).toMatchObject({ type: 'rolled-back' });
  });

  it('that is cancelled from outside is told as rolled back', async () => {
    const rollout = await start(asking);
    await untilStatus(rollout, 'waiting');
    await environment.client.workflow.getHandle(rollout).cancel();
    expect(await client.wait(rollout)).toMatchObject({ type: 'rolled-back', cancelled: true });
  });
});

describe('an operator', () => {
  const as = (person: string, verb: string, rollout: string, ...more: string[]) =>
    call([verb, rollout, '--as', person, ...more]);

  it('pauses and resumes, and sees what is possible meanwhile', async () => {
    const rollout = await start(asking);
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
    expect(await client.wait(rollout)).toMatchObject({ type: 'halted' });
  });

  it.each([
    [['advance'], 'nothing is watched now'],
    [['retry'], 'it does not need an operator now'],
    [['skip', '--reason', 'x'], 'it does not need an operator now'],
  ])(
    'who says %j in vain hears what is possible, and nothing is sent',
    async ([verb = '', ...more], rule) => {
      const rollout = await start(asking);
      await untilStatus(rollout, 'waiting');
      const ran = await as('ana', verb, rollout, ...more);
      expect([ran.code, ran.stdout]).toEqual([3, '']);
      expect(ran.stderr).toContain(`${verb} for ${rollout}: ${rule}: it is waiting and waits for approve/go`);
      expect(ran.stderr).toContain('possible now: approve, reject, comment, extend, abort, pause, halt; see');
      expect((await client.journal(rollout)).filter(({ type }) => type === 'decision')).toEqual([]);
      await as('ana', 'abort', rollout, '--reason', 'enough');
      await client.wait(rollout);
    },
  );

  it('takes a comment and a later deadline at a gate: not yet is no reject', async () => {
    const rollout = await start(asking);
    await untilStatus(rollout, 'waiting');
    const before = (await client.status(rollout)).gate?.deadline ?? 0;
    const extended = await as('ana', 'extend', rollout, '--for', '1h', '--reason', 'not yet', '-o', 'json');
    expect(extended.json()).toMatchObject({ type: 'extend', step: 'approve/go', ms: 3_600_000 });
    const comment = await as('carl', 'comment', rollout, 'I look at three', '-o', 'json');
    expect(comment.json()).toMatchObject({ type: 'comment', by: 'carl', accepted: true });
    expect(await client.status(rollout)).toMatchObject({
      status: 'waiting',
      gate: { deadline: before + 3_600_000, approvals: [], missing: 2 },
    });
    expect((await client.journal(rollout)).findLast(({ type }) => type === 'decision')).toMatchObject({
      by: 'carl',
      evidence: { decision: 'comment', reason: 'I look at three' },
    });
    await as('ana', 'abort', rollout, '--reason', 'seen enough');
    await client.wait(rollout);
  });

  it('extends a watch, and may not end it early when the plan does not say so', async () => {
    const rollout = await start(await files.write('watched.json', exposingPlan('30m')));
    await untilStatus(rollout, 'watching');
    const before = (await client.status(rollout)).watch?.endsAt ?? 0;
    const extended = await as('ana', 'extend', rollout, '--for', '1h', '--reason', 'x', '-o', 'json');
    expect(extended.json()).toMatchObject({ type: 'extend', step: 'watch/canary-5', ms: 3_600_000 });
    expect((await client.status(rollout)).watch?.endsAt).toBe(before + 3_600_000);
    const early = await as('ana', 'advance', rollout);
    expect(early.code).toBe(3);
    expect(early.stderr).toMatch(
      /the plan does not let watch\/canary-5 end early \(it is watching; possible now: abort, pause, extend, halt\)/,
    );
    const halted = await as('ana', 'halt', rollout, '--reason', 'by hand');
    expect(halted.stdout).toContain('5 % exposed, and nobody watches it');
    await client.wait(rollout);
    expect((await call(['status', rollout])).stdout).toContain('5 % stay exposed, and nobody watches them');
  });

  it('is decided about in three calls of the server, and aborted in two', async () => {
    const rollout = await start(asking);
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
    const rollout = await start(asking);
    await untilStatus(rollout, 'waiting');
    const yes = ['--key', 'ticket-7', '-o', 'json'];
    const first = await as('ana', 'approve', rollout, ...yes);
    expect(first.json()).toMatchObject({ decision: 'ticket-7', accepted: true, reason: '1 more needed' });
    expect((await as('ana', 'approve', rollout, ...yes)).json()).toEqual(first.json());
    expect((await client.status(rollout)).gate?.approvals).toHaveLength(1);

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
    await client.wait(rollout);
    expect((await as('ben', 'halt', rollout, ...end)).json()).toEqual(halted.json());
    expect((await as('ana', 'approve', rollout, ...yes)).json()).toEqual(first.json());
    const decisions = (await client.journal(rollout)).filter(({ type }) => type === 'decision');
    expect(decisions.map(({ by }) => by)).toEqual(['ana', 'carl', 'mallory', 'ben']);
  });
});

describe('refused (3), with a message on stderr alone', () => {
  async function expectRefused(args: readonly string[], message: RegExp | string, code = 3): Promise<void> {
    const ran = await call(args);
    expect(ran.stderr).toMatch(message);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
  }
  const uniqueKey = () => `k${randomUUID()}`;
  let waiting: string;

  beforeAll(async () => {
    waiting = await start(asking, '--key', uniqueKey());
    await untilStatus(waiting, 'waiting');
  });

  it('a key that has been used, also when the rollout is over', async () => {
    const key = waiting.split('/').at(-1) ?? '';
    await expectRefused(
      ['start', asking, '--env', environment.name, '--key', key],
      `rollout ${waiting}: exists already; give another --key`,
    );
  });

  it('a key or environment that would not read back', async () => {
    await expectRefused(['start', asking, '--key', 'a/b'], /key "a\/b": cannot be part of a rollout id/);
    await expectRefused(['start', asking, '--env', 'a b'], /environment "a b"/);
    await expectRefused(
      ['start', asking, '--key', 'k'.repeat(250)],
      /longer than 200 characters; shorten it/,
    );
  });

  it('somebody unknown, and somebody outside the groups', async () => {
    const as = (person: string) => ['approve', waiting, '--as', person];
    await expectRefused(as('mallory'), /approve approve\/go for .* as mallory: mallory is not known here/);
    await expectRefused(as('carl'), /carl is in none of the groups that may decide: team-one, sre/);
    expect((await client.status(waiting)).gate?.approvals).toEqual([]);
  });

  it('answers to what nobody asked', async () => {
    await expectRefused(
      ['answer', waiting, 'wait', '--as', 'ana'],
      /nothing is asked now .*; see "switchback why/,
    );
    const resolve = ['resolve', waiting, 'retry', '--as', 'ana', '--reason', 'x'];
    await expectRefused(resolve, /does not need an operator now/);
  });

  it('a rollout that does not exist, naming one of a similar name', async () => {
    const near = waiting.slice(0, -1);
    await eventually(async () =>
      expect((await client.list()).map(({ rollout }) => rollout)).toContain(waiting),
    );
    await expectRefused(['status', `${near}x`], `rollout ${near}x: does not exist; did you mean ${waiting}`);
    await expectRefused(['why', 'rollout/nowhere/nothing/at-all'], /does not exist; /);
  });

  it('a part of an id that may be several', async () => {
    const key = uniqueKey();
    const one = await files.write('one.json', askingPlan('one-thing', 'thing:two'));
    const other = await files.write('other.json', askingPlan('other-thing', 'thing:three'));
    const both = [await start(one, '--key', key), await start(other, '--key', key)];
    await eventually(async () =>
      expect((await client.list()).filter(({ rollout }) => both.includes(rollout)).length).toBe(2),
    );
    await expectRefused(['status', key], /may be any of .*other-thing.*; write more of the id/);
  });

  it('a decision when no gate is open, and for a rollout that is over, with how it ended', async () => {
    const file = await files.write('endless.json', exposingPlan('30m'));
    const rollout = await start(file);
    await untilStatus(rollout, 'watching');
    await expectRefused(
      ['approve', rollout, '--as', 'ana'],
      /no gate is open now: it is watching and waits for the end of watch/,
    );
    await call(['abort', rollout, '--as', 'ana', '--reason', 'enough']);
    await client.wait(rollout);
    for (const verb of [['approve'], ['reject', '--reason', 'x'], ['abort', '--reason', 'x']]) {
      const [name = '', ...more] = verb;
      await expectRefused(
        [name, rollout, '--as', 'ana', ...more],
        /is over: rolled-back \(ana aborted: enough\); nothing can be decided/,
      );
    }
  });

  it('a journal that was changed', async () => {
    const rollout = await start(await files.write('own.json', askingPlan('own-thing', 'thing:four')));
    await untilStatus(rollout, 'waiting');
    const verify = ['journal', 'verify', rollout, '--config', config];
    // The journal leaves a moment after the fact: what is to be changed has to be there.
    await eventually(async () =>
      expect((await call([...verify, '-o', 'json'])).stdout).toContain('"notYetExported":0'),
    );
    const exported = await call(['journal', 'export', rollout, '--config', config]);
    const file = await files.write('journal.jsonl', exported.stdout);
    const whole = await call(['journal', 'verify', '--file', file]);
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('entries, whole')]);
    const otherwise = (text: string) => text.replace('Something has to change.', 'Nothing has to.');
    await files.write('journal.jsonl', otherwise(exported.stdout));
    await expectRefused(['journal', 'verify', '--file', file], /is not whole at entry \d+: .*was changed/);

    await environment.records.query(
      `UPDATE switchback.journal
        SET event = replace(event::text, 'Something has to change.', 'Nothing has to.')::json WHERE rollout = $1`,
      [rollout],
    );
    await expectRefused(verify, /is not whole at entry \d+: .*was changed/);
  });
});

it('a worker that is missing is said: at the start, and when a rollout is asked', async () => {
  const nobody = `n${randomUUID().slice(0, 8)}`;
  const misspelt = await call(['start', asking, '--env', nobody]);
  expect([misspelt.code, misspelt.stdout]).toEqual([3, '']);
  expect(misspelt.stderr).toMatch(/environment n\w+: has never had a worker; see that it is spelt right/);
  const started = await call(['start', asking, '--env', nobody, '--detach', '-o', 'json']);
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
  await environment.client.workflow.getHandle(rollout).terminate();
});

it("live readings come from the heartbeat of the sentinel's activity", async () => {
  const file = await files.write('live.json', askingPlan('rename-live-thing', 'thing:live'));
  const rollout = await start(file);
  await untilStatus(rollout, 'waiting');
  const reading = {
    guard: 'errors',
    verdict: 'pass',
    at: Date.now() + 1_000,
    reason: 'as before, but newer',
    value: 0.02,
  } as const;
  expect(await client.readings(rollout)).toBeUndefined();
  environment.live = {
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
  const handle = await environment.client.workflow.start('sentinel', {
    workflowId: sentinelId(environment.name),
    taskQueue: `switchback-${environment.name}`,
    args: [{ environment: environment.name }],
  });
  await handle.signal(sentinelNames.subscribe, subscriber);
  try {
    await eventually(async () =>
      expect(await client.readings(rollout)).toEqual({ readings: [reading], looks: [] }),
    );
    expect((await call(['why', rollout])).stdout).toMatch(/^guard +errors: pass, as before, but newer$/m);
    expect((await call(['status', rollout, '-o', 'json'])).json()).toMatchObject({
      readings: [{ reason: reading.reason }],
      why: { evidence: [{ reason: reading.reason }] },
    });
    expect((await client.why(rollout)).evidence).toEqual([reading]);
  } finally {
    await handle.cancel();
    await handle.result().catch(() => undefined);
  }
});
