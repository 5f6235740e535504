import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetricsSource } from '../../../activities/metrics/ports.js';
import type { ArmCounters, Scrape } from '../../../src/analysis/arms.js';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, pause, rules, Stage, type Rollout } from './stage.js';

const guards = [errorsBelow(0.1)];

describe('the sentinel, when it is interrupted', () => {
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

  it('keeps its subscribers when it continues as new', async () => {
    await stage.work();
    await stage.startSentinel({ continueAfter: 10 });
    const { runId } = await stage.sentinel.describe();
    const first = await subscribed();
    await first.hears('pass');
    const rollouts = [first, await subscribed(), await subscribed(), await subscribed()];
    await eventually(async () => expect((await stage.sentinel.describe()).runId).not.toBe(runId));
    for (const rollout of rollouts) await rollout.hears('pass');
    // Its next run begins with what they know: only what changes is told.
    expect(await first.verdicts()).toEqual([['no-evidence'], ['pass']]);
    stage.shop.failing = 1;
    for (const rollout of rollouts) await rollout.hears('fail');
  });

  it('says blind when nobody is there to watch, and evidence when somebody is again', async () => {
    const blindfolded = await stage.work('none');
    await stage.startSentinel({ blindAfter: 1_000 });
    const rollout = await subscribed();
    await eventually(async () => {
      const { blind } = await rollout.heard();
      expect(blind[0]).toMatchObject({
        subscription: 1,
        reason: expect.stringContaining(`nobody watches ${stage.environment}`),
      });
    });
    await blindfolded.stop();
    await stage.work();
    await rollout.hears('pass');
  });

  it('says blind to everyone before it is cancelled', async () => {
    await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    await stage.sentinel.cancel();
    await expect(stage.sentinel.result()).rejects.toThrow();
    await eventually(async () => expect((await rollout.heard()).blind[0]?.reason).toContain('was cancelled'));
  });

  it('begins again with everybody it watched, orphans too, when its workflow is terminated', async () => {
    await stage.work();
    const orphan = await subscribed();
    const rollouts = [await subscribed(), await subscribed()];
    for (const rollout of [orphan, ...rollouts]) await rollout.hears('pass');
    await orphan.handle.terminate();
    await eventually(async () => expect(await stage.orphans()).toMatchObject([{ told: true }]));
    const { runId } = await stage.sentinel.describe();
    await stage.sentinel.terminate('by mistake');
    await eventually(async () => expect((await stage.sentinel.describe()).runId).not.toBe(runId));
    stage.shop.failing = 1;
    for (const rollout of rollouts) await rollout.hears('fail');
    expect(await stage.orphans()).toMatchObject([{ rollout: orphan.name, told: true }]);
    // One that is terminated before its worker knows that somebody was called calls again: rather twice than never.
    // Nobody here acts on a breach, and where the machine stalls somebody is called for that.
    const texts = stage.notices.filter(({ rollout }) => rollout === orphan.name).map(({ text }) => text);
    expect(new Set(texts).size).toBe(1);
  });

  it('loses nobody when somebody subscribes just after it was terminated', async () => {
    const activities = stage.activities();
    await stage.work(activities);
    const rollout = await subscribed(activities);
    await rollout.hears('pass');
    await stage.sentinel.terminate('by mistake');
    const newcomer = await subscribed(activities);
    await newcomer.hears('pass');
    stage.shop.failing = 1;
    for (const one of [rollout, newcomer]) await one.hears('fail');
  });

  it('has the evidence of a whole look-back at once, where the source knows what was', async () => {
    const begun = Date.now() - 600_000;
    // A thousand requests a second, half of the candidate's failing.
    const at = (time: number): Scrape => {
      const arm = (failing: number): ArmCounters => ({
        requests: time - begun,
        failed: (time - begun) * failing,
        durations: [],
      });
      return { at: time, arms: { baseline: arm(0), candidate: arm(0.5) } };
    };
    const recorded: MetricsSource = {
      scrape: () => Promise.resolve(at(Date.now())),
      history: (from, step) =>
        Promise.resolve(
          Array.from({ length: Math.floor((Date.now() - from) / step) }, (_, i) => at(from + i * step)),
        ),
    };
    // More than is counted while this test waits.
    const patient = { ...errorsBelow(0.1), evidence: { ...rules, lookBack: 300_000, minRequests: 250_000 } };
    const activities = stage.activities({ shop: recorded });
    await stage.work(activities);
    const rollout = await stage.rollout();
    const subscriber = rollout.subscriber([patient], { since: begun });
    await activities.subscribe({ ...subscriber, environment: stage.environment });
    await rollout.hears('fail');
  });

  it('samples and acknowledges again after a restart, and the gap is not covered', async () => {
    const first = await stage.work();
    const rollout = await subscribed();
    await rollout.hears('pass');
    const from = Date.now();
    await eventually(() =>
      expect(stage.evidence.of(rollout.name).filter(({ at }) => at > from).length).toBeGreaterThan(2),
    );
    await first.stop();
    const seen = stage.evidence.of(rollout.name).length;
    const stopped = Date.now();
    await pause(rules.interval * 5);
    expect(stage.evidence.of(rollout.name)).toHaveLength(seen);

    const activities = stage.activities();
    await stage.work(activities);
    await eventually(async () => expect((await rollout.verdicts()).length).toBe(3));
    // Nothing is held for want of evidence that the restart alone explains.
    expect(await rollout.verdicts()).toEqual([['no-evidence'], ['pass'], ['pass']]);

    const back = Date.now();
    await eventually(() =>
      expect(stage.evidence.of(rollout.name).at(-1)?.at).toBeGreaterThan(back + rules.interval),
    );
    const to = Date.now();
    const subscription = rollout.subscriber(guards);
    const judged = await activities.judge({ subscription, from, to });
    expect(judged.verdict).toBe('no-evidence');
    expect(judged.covered).toBeLessThanOrEqual(to - from - rules.interval * 5);
    expect(judged.covered).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(back);
  });
});
