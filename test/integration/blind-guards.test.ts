import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { switchback } from '../apps/cli/console.js';
import type { Environment } from '../../apps/config/config.js';
import { flagOnly } from '../support/rollouts/plans.js';
import { eventOf, eventsOf, eventually, inEnvironment, quick } from '../support/rollouts.js';

const failedAs = (failed: Record<string, string>) => (environment: Environment) => {
  const shop = environment.metrics['shop'];
  if (shop === undefined) throw new Error('the environment has a shop');
  return { ...environment, metrics: { shop: { ...shop, failed } } };
};

it.concurrent('says in preflight and to those who approve that no failure has ever been counted', () =>
  inEnvironment({ configure: failedAs({ outcome: 'failed' }) }, async ({ start, told }) => {
    const rollout = await start({}, flagOnly);
    const spot = /no failure counted so far: shop_requests_total has no outcome="failed", only "error", "ok"/;
    const passed = await rollout.waitForEvent('preflight-passed');
    expect(passed.reason).toMatch(/^every act fits .*; beware, guard errors: no failure counted so far/);
    expect(passed.evidence).toEqual({ blindSpots: { errors: expect.stringMatching(spot) } });
    await eventually(() => expect(told.filter((text) => spot.test(text))).not.toEqual([]));

    const { readings, why } = await rollout.waitForGate('approve/go');
    expect(readings.find(({ guard }) => guard === 'errors')?.blindSpots).toEqual([
      expect.stringMatching(spot),
    ]);
    expect(why.evidence).toEqual(readings);
    const opened = eventOf(await rollout.journal(), 'gate-opened', 'approve/go');
    expect(opened.evidence).toEqual(passed.evidence);
    await eventually(() =>
      expect(told.filter((text) => /approve\/go asks .*; beware, guard errors: /.test(text))).not.toEqual([]),
    );
    await rollout.decide('ana', { type: 'abort' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  }),
);

it.concurrent('tells whoever checks a plan, or starts it, of what its guards cannot see', () =>
  inEnvironment({ configure: failedAs({ outcome: 'failed' }) }, async ({ name, client, config }) => {
    const plan = join(dirname(config), 'plan.json');
    await writeFile(plan, JSON.stringify(flagOnly(splitCustomerName.evaluate(quick))));
    const there = ['--env', name, '--address', client.address];
    const spot = /no failure counted so far: shop_requests_total has no outcome="failed", only "error", "ok"/;

    // The server hears of a worker a moment after it began.
    const checked = await eventually(async () => {
      const ran = await switchback(['check', plan, ...there, '-o', 'json']);
      expect(ran.stdout, ran.stderr).not.toBe('');
      return ran;
    });
    expect(checked.json<{ findings: unknown[] }>().findings).toContainEqual({
      verdict: 'warn',
      about: 'errors',
      found: expect.stringMatching(spot),
    });

    const started = await switchback(['start', plan, ...there, '--key', 'blind', '--as', 'ana']);
    expect(started.stderr).toMatch(spot);
    expect([started.code, started.stderr.match(/^warning: guard errors: /gm)?.length]).toEqual([0, 1]);
    const abort = ['abort', 'blind', '--as', 'ana', '--reason', 'only a try'];
    expect((await switchback([...abort, '--address', client.address])).code).toBe(0);
    const { type } = await client.wait(`rollout/${name}/split-customer-name/blind`);
    expect(type).toBe('rolled-back');
  }),
);

it.concurrent('refuses a value of a label that is another one misspelt, and says which there is', () =>
  inEnvironment({ configure: failedAs({ outcome: 'eror' }) }, async ({ start }) => {
    const { outcome } = await (await start({}, flagOnly)).ended();
    expect(outcome.type).toBe('refused');
    expect(outcome.reason).toMatch(
      /has no shop_requests_total with outcome="eror", but with outcome="error"/,
    );
  }),
);

it.concurrent('holds on numbers that are none, and asks with the reason of now, not with the first one', () =>
  inEnvironment({}, async ({ start, shop, told }) => {
    const rollout = await start({ canaryFor: '5m', askAfter: '1s', giveUpAfter: '5m' }, flagOnly);
    await rollout.waitForWatch('watch/canary-25');
    shop.answers = 'no numbers';
    const nan = /no-evidence, .*shop_requests_total\{arm="candidate".*\} is NaN/;
    await rollout.waitFor('a hold for it', ({ hold }) => nan.test(hold?.reason ?? ''));
    shop.answers = 'error';
    await rollout.waitFor('the newest reason', ({ hold }) => /status 500/.test(hold?.reason ?? ''));

    const asked = eventsOf(await rollout.journal(), 'question').length;
    expect(await rollout.decide('ana', { type: 'answer', choice: 'wait' })).toMatchObject({ accepted: true });
    const question = await eventually(async () => {
      const found = eventsOf(await rollout.journal(), 'question')[asked];
      if (found === undefined) throw new Error('not asked yet');
      return found;
    });
    expect(question.reason).toMatch(/^wait for evidence, or roll back\? .*answers with status 500$/);
    expect(question.reason).not.toContain('NaN');
    await eventually(() => expect(told.join('\n')).toMatch(/on hold, wait or roll back\? .*status 500/));
    await rollout.decide('ana', { type: 'answer', choice: 'roll-back' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  }),
);
