import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { onServer } from './on-server.js';
import { askingPlan, exposingPlan } from './plans.js';

const server = onServer();
const { call, start, untilStatus } = server;

describe('refused (3), with a message on stderr alone', () => {
  async function expectRefused(args: readonly string[], message: RegExp | string, code = 3): Promise<void> {
    const ran = await call(args);
    expect(ran.stderr).toMatch(message);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
  }
  const uniqueKey = () => `k${randomUUID()}`;
  let waiting: string;

  beforeAll(async () => {
    waiting = await start(server.asking, '--key', uniqueKey());
    await untilStatus(waiting, 'waiting');
  });

  it('a key that has been used, also when the rollout is over', async () => {
    const key = waiting.split('/').at(-1) ?? '';
    await expectRefused(
      ['start', server.asking, '--env', server.environment.name, '--key', key],
      `rollout ${waiting}: exists already; give another --key`,
    );
  });

  it('a key or environment that would not read back', async () => {
    await expectRefused(
      ['start', server.asking, '--key', 'a/b'],
      /key "a\/b": cannot be part of a rollout id/,
    );
    await expectRefused(['start', server.asking, '--env', 'a b'], /environment "a b"/);
    await expectRefused(
      ['start', server.asking, '--key', 'k'.repeat(250)],
      /longer than 200 characters; shorten it/,
    );
  });

  it('somebody unknown, and somebody outside the groups', async () => {
    const as = (person: string) => ['approve', waiting, '--as', person];
    await expectRefused(as('mallory'), /approve approve\/go for .* as mallory: mallory is not known here/);
    await expectRefused(as('carl'), /carl is in none of the groups that may decide: team-one, sre/);
    expect((await server.client.status(waiting)).gate?.approvals).toEqual([]);
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
      expect((await server.client.list()).map(({ rollout }) => rollout)).toContain(waiting),
    );
    await expectRefused(['status', `${near}x`], `rollout ${near}x: does not exist; did you mean ${waiting}`);
    await expectRefused(['why', 'rollout/nowhere/nothing/at-all'], /does not exist; /);
  });

  it('a part of an id that may be several', async () => {
    const key = uniqueKey();
    const one = await server.files.write('one.json', askingPlan('one-thing', 'thing:two'));
    const other = await server.files.write('other.json', askingPlan('other-thing', 'thing:three'));
    const both = [await start(one, '--key', key), await start(other, '--key', key)];
    await eventually(async () =>
      expect((await server.client.list()).filter(({ rollout }) => both.includes(rollout)).length).toBe(2),
    );
    await expectRefused(['status', key], /may be any of .*other-thing.*; write more of the id/);
  });

  it('a decision when no gate is open, and for a rollout that is over, with how it ended', async () => {
    const file = await server.files.write('endless.json', exposingPlan('30m'));
    const rollout = await start(file);
    await untilStatus(rollout, 'watching');
    await expectRefused(
      ['approve', rollout, '--as', 'ana'],
      /no gate is open now: it is watching and waits for the end of watch/,
    );
    await call(['abort', rollout, '--as', 'ana', '--reason', 'enough']);
    await server.client.wait(rollout);
    for (const verb of [['approve'], ['reject', '--reason', 'x'], ['abort', '--reason', 'x']]) {
      const [name = '', ...more] = verb;
      await expectRefused(
        [name, rollout, '--as', 'ana', ...more],
        /is over: rolled-back \(ana aborted: enough\); nothing can be decided/,
      );
    }
  });

  it('a journal that was changed', async () => {
    const rollout = await start(await server.files.write('own.json', askingPlan('own-thing', 'thing:four')));
    await untilStatus(rollout, 'waiting');
    const verify = ['journal', 'verify', rollout, '--config', server.config];
    // The journal leaves a moment after the fact: what is to be changed has to be there.
    await eventually(async () =>
      expect((await call([...verify, '-o', 'json'])).stdout).toContain('"notYetExported":0'),
    );
    const exported = await call(['journal', 'export', rollout, '--config', server.config]);
    const file = await server.files.write('journal.jsonl', exported.stdout);
    const whole = await call(['journal', 'verify', '--file', file]);
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('entries, whole')]);
    const otherwise = (text: string) => text.replace('Something has to change.', 'Nothing has to.');
    await server.files.write('journal.jsonl', otherwise(exported.stdout));
    await expectRefused(['journal', 'verify', '--file', file], /is not whole at entry \d+: .*was changed/);

    await server.environment.records.query(
      `UPDATE switchback.journal
        SET event = replace(event::text, 'Something has to change.', 'Nothing has to.')::json WHERE rollout = $1`,
      [rollout],
    );
    await expectRefused(verify, /is not whole at entry \d+: .*was changed/);
  });
});
