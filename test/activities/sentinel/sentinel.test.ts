import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import type { LiveReadings } from '../../../activities/sentinel/live.js';
import { defaultPayloadConverter } from '@temporalio/common';
import { FakeShop } from './fake-shop.js';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, pause, rules, Stage, type Rollout } from './stage.js';

const guards = [errorsBelow(0.1)];

describe('the sentinel of an environment', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set();
  });
  afterEach(() => stage.clear());

  async function subscribed(activities = stage.activities(), rollout?: Rollout): Promise<Rollout> {
    const subscriber = rollout ?? (await stage.rollout());
    await activities.subscribe({ ...subscriber.subscriber(guards), environment: stage.environment });
    return subscriber;
  }

  it('acknowledges the first sample of a subscription, and says when it passes', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    const { evidence } = await rollout.heard();
    expect(evidence[0]).toMatchObject({
      subscription: 1,
      readings: [
        { guard: 'errors-shop', verdict: 'no-evidence', reason: expect.stringContaining('only once') },
      ],
    });
    expect(await rollout.verdicts()).toEqual([['no-evidence'], ['pass']]);
    await eventually(() => expect(stage.evidence.of(rollout.name).length).toBeGreaterThan(4));
  });

  it('calls out a breach once', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    stage.shop.failing = 0.5;
    await rollout.hears('fail');
    await pause(rules.interval * 5);
    const verdicts = (await rollout.verdicts()).flat();
    expect(verdicts.slice(verdicts.indexOf('pass'))).toEqual(['pass', 'fail']);
  });

  it('tells that a source died once its newest measurement is too old, and that it is back', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    const died = Date.now();
    stage.shop.broken = new Error('connect ECONNREFUSED');
    await rollout.hears('no-evidence');
    expect(Date.now() - died).toBeGreaterThan(rules.maxAge / 2);
    const told = (await rollout.heard()).evidence.at(-1)?.readings[0];
    expect(told?.reason).toMatch(
      /^source shop cannot be read, .* old, 1\.5 s are allowed: connect ECONNREFUSED$/,
    );
    stage.shop.broken = undefined;
    await rollout.hears('pass');
  });

  it('tells nonsense from silence', async () => {
    await stage.work();
    stage.shop.broken = new BadAnswer('http://shop', 'answers with text/html', 'correct it');
    const rollout = await subscribed();
    await rollout.hears('error');
  });

  it('names a source that the environment does not have, and those it has', async () => {
    await stage.work();
    const rollout = await stage.rollout();
    const unknown = rollout.subscriber([...guards, errorsBelow(0.1, 'chekout')]);
    await stage.activities().subscribe({ ...unknown, environment: stage.environment });
    await rollout.hears('pass', 'error');
    const reading = (await rollout.heard()).evidence.at(-1)?.readings[1];
    expect(reading?.reason).toContain(
      '"chekout" is not a source of this environment; it has the sources shop',
    );
  });

  it('scrapes a shared source once for each tick', async () => {
    await stage.work();
    const rollouts = [await subscribed(), await subscribed(), await subscribed()];
    for (const rollout of rollouts) await rollout.hears('pass');
    const [before, began] = [stage.shop.scrapes, Date.now()];
    await pause(rules.interval * 10);
    const ticks = (Date.now() - began) / rules.interval;
    expect(stage.shop.scrapes - before).toBeLessThanOrEqual(ticks + 2);
    expect(stage.shop.scrapes - before).toBeGreaterThan(0);
  });

  it('watches a new number of a rollout anew, and ignores an older one that comes late', async () => {
    await stage.work();
    const activities = stage.activities();
    const rollout = await subscribed(activities);
    await rollout.hears('pass');
    const { environment } = stage;
    const late = rollout.subscriber(guards, { number: 2 });
    await pause(5);
    await activities.subscribe({ ...rollout.subscriber(guards, { number: 3 }), environment });
    await activities.subscribe({ ...late, environment });
    await eventually(async () => {
      const { evidence } = await rollout.heard();
      expect(evidence.at(-1)).toMatchObject({ subscription: 3, readings: [{ verdict: 'pass' }] });
    });
    const { evidence } = await rollout.heard();
    expect(new Set(evidence.map(({ subscription }) => subscription))).toEqual(new Set([1, 3]));
  });

  it('stops for a rollout that leaves, and starts again for the next one', async () => {
    await stage.work();
    const activities = stage.activities();
    const rollout = await subscribed(activities);
    await rollout.hears('pass');
    await activities.unsubscribe({ rollout: rollout.name });
    await eventually(async () => {
      const before = stage.shop.scrapes;
      await pause(rules.interval * 3);
      expect(stage.shop.scrapes).toBe(before);
    });
    await eventually(async () => {
      const { raw } = await stage.sentinel.describe();
      expect(raw.pendingActivities ?? []).toEqual([]);
    });
    await activities.unsubscribe({ rollout: rollout.name });
    const next = await subscribed(activities);
    await next.hears('pass');
  });

  it('drops a rollout that has ended', async () => {
    await stage.work();
    const rollout = await subscribed();
    const other = await subscribed();
    await rollout.hears('pass');
    await other.hears('pass');
    await rollout.handle.signal('end');
    await rollout.handle.result();
    stage.shop.failing = 1;
    await other.hears('fail');
    // Ended by itself: that is nobody's incident.
    expect(stage.notices).toEqual([]);
    await eventually(async () => {
      expect((await stage.roster()).map(({ rollout: name }) => name)).toEqual([other.name]);
    });
  });

  it('keeps readings that the store refused until it takes them', async () => {
    await stage.work();
    stage.evidence.broken = new Error('disk full');
    const rollout = await subscribed();
    await rollout.hears('pass');
    expect(stage.evidence.of(rollout.name)).toEqual([]);
    stage.evidence.broken = undefined;
    await eventually(() => expect(stage.evidence.of(rollout.name)[0]?.verdict).toBe('no-evidence'));
  });

  it('lets no pass count while its readings cannot be kept, and still calls out a breach', async () => {
    await stage.work(stage.activities(undefined, { unkeptAfter: 300 }));
    const rollout = await subscribed();
    await rollout.hears('pass');
    stage.evidence.broken = new Error('disk full');
    await rollout.hears('no-evidence');
    const told = (await rollout.heard()).evidence.at(-1)?.readings[0];
    expect(told?.reason).toMatch(/^its readings cannot be kept: .*disk full$/);
    stage.evidence.broken = undefined;
    await rollout.hears('pass');
    stage.evidence.broken = new Error('disk full');
    await rollout.hears('no-evidence');
    stage.shop.failing = 1;
    await rollout.hears('fail');
  });

  it('shows the live readings in its pending activity', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    await eventually(async () => {
      const { raw } = await stage.sentinel.describe();
      const payload = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0];
      const live = payload && defaultPayloadConverter.fromPayload<LiveReadings>(payload);
      expect(live).toMatchObject({ watched: 1 });
      expect(live?.rollouts[rollout.name]?.readings[0]?.reason).toMatch(/^errors 0 % of \d+ requests/);
    });
  });

  it('refuses a subscription for another environment', async () => {
    const rollout = await stage.rollout();
    const other = { ...rollout.subscriber(guards), environment: 'elsewhere' };
    await expect(stage.activities().subscribe(other)).rejects.toThrow(
      /this worker watches .*; send it to a worker of elsewhere/,
    );
  });

  it('reads a source that hangs as no evidence, without waiting for it', async () => {
    const shop = new FakeShop();
    shop.scrape = () => new Promise(() => undefined);
    await stage.work(stage.activities({ shop }));
    const rollout = await subscribed();
    await rollout.hears('no-evidence');
  });
});
