import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Guards } from '../../../src/environment/sentinel/guards.js';
import { bytesOf } from '../../../src/engine/base/json.js';
import { pack } from '../../../src/environment/sentinel/packed.js';
import { FakeShop } from './fake-shop.js';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, rules, Stage } from './stage.js';
import type { Watched } from '../../../src/protocol/subscriptions.js';

describe('the sentinel of many rollouts', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.set();
  });
  afterEach(() => stage.clear());

  /** Subscriptions of rollouts that do not run: a few workflows hear for all of them. */
  async function manySubscriptions(count: number): Promise<Watched[]> {
    const hearing = await Promise.all(Array.from({ length: 20 }, () => stage.rollout()));
    const shared = new Guards();
    // Longer than those of other tests: on a busy machine hundreds of guards take a while.
    const evidence = { ...rules, interval: 1_000 };
    return Array.from({ length: count }, (_, index): Watched => ({
      rollout: `${stage.environment}/many-${index}`,
      workflowId: hearing[index % hearing.length]?.name ?? '',
      number: 1,
      percent: 5,
      since: 1_000_000 + index,
      guards: shared.list([
        { ...errorsBelow(0.1), evidence },
        { ...errorsBelow(0.2), evidence, name: `own limit ${index % 500}`.padEnd(60) },
      ]),
      recorded: {},
    }));
  }

  const watched = () =>
    new Set(stage.evidence.entries.flatMap((entry) => ('rollout' in entry ? [entry.rollout] : [])));
  const readingsMade = () => stage.evidence.entries.filter((entry) => !('rollout' in entry)).length;

  it('watches more than a payload holds, in every run of it, and reads for all of them together', async () => {
    // Orphans hear nothing: what is shown here is the watching, not the server's speed.
    const orphan = { at: 0, reason: 'was terminated', told: true };
    const many = (await manySubscriptions(3_000)).map((subscription) => ({ ...subscription, orphan }));
    expect(bytesOf(many)).toBeGreaterThan(2 * 1024 * 1024);
    const seldom = { lookAroundEvery: 3_600_000 };
    await stage.work(stage.activities(undefined, seldom));
    await stage.startSentinel({ watched: pack(many), continueAfter: 25 });
    await eventually(() => expect(watched().size).toBe(3_000));
    const before = readingsMade();
    await eventually(() => expect(readingsMade()).toBeGreaterThan(before + 501));
    // 3,000 rollouts share 501 guards: that is what is read and written, whoever it is for.
    const [last] = stage.evidence.entries.slice(-1);
    const at = last !== undefined && 'reading' in last ? last.reading.at : 0;
    const tick = stage.evidence.entries.filter((entry) => 'reading' in entry && entry.reading.at === at);
    expect(tick).toHaveLength(501);

    const { runId } = await stage.sentinel.describe();
    const again = stage.evidence.entries.length;
    const late = await Promise.all(Array.from({ length: 15 }, () => stage.rollout()));
    for (const rollout of late) {
      const { environment } = stage;
      await stage.activities().subscribe({ ...rollout.subscriber([errorsBelow(0.1)]), environment });
    }
    await eventually(async () => expect((await stage.sentinel.describe()).runId).not.toBe(runId));
    for (const rollout of late) await rollout.hears('pass');
    await eventually(() => {
      const joined = stage.evidence.entries
        .slice(again)
        .filter((entry) => 'series' in entry && 'rollout' in entry);
      // Those who came before as well as the new: their next run knows all of them.
      expect(
        new Set(joined.map((entry) => ('rollout' in entry ? entry.rollout : ''))).size,
      ).toBeGreaterThanOrEqual(3_000);
    });
  });

  it('loses nobody who subscribes while it continues as new, over and over', async () => {
    await stage.work();
    await stage.startSentinel({ continueAfter: 12 });
    const rollouts = await Promise.all(Array.from({ length: 60 }, () => stage.rollout()));
    const runs = new Set<string>();
    await Promise.all(
      rollouts.map(async (rollout) => {
        const { environment } = stage;
        await stage.activities().subscribe({ ...rollout.subscriber([errorsBelow(0.1)]), environment });
        runs.add((await stage.sentinel.describe()).runId);
      }),
    );
    for (const rollout of rollouts) await rollout.hears('pass');
    expect((await stage.roster()).map(({ rollout }) => rollout).sort()).toEqual(
      rollouts.map(({ name }) => name).sort(),
    );
    expect(runs.size).toBeGreaterThan(0);
  });

  it('calls out 100 breaches of one moment, and disturbs nobody else', async () => {
    const canary = new FakeShop();
    await stage.work(stage.activities({ shop: stage.shop, canary }));
    const rollouts = await Promise.all(Array.from({ length: 110 }, () => stage.rollout()));
    await Promise.all(
      rollouts.map((rollout, index) => {
        const guards = [errorsBelow(0.1, index < 100 ? 'canary' : 'shop')];
        return stage
          .activities()
          .subscribe({ ...rollout.subscriber(guards), environment: stage.environment });
      }),
    );
    for (const rollout of rollouts) await rollout.hears('pass');
    canary.failing = 1;
    for (const rollout of rollouts.slice(0, 100)) await rollout.hears('fail');
    const moments = await Promise.all(
      rollouts.slice(0, 100).map(async (rollout) => (await rollout.heard()).evidence.at(-1)?.readings[0]?.at),
    );
    expect(new Set(moments).size).toBe(1);
    for (const rollout of rollouts.slice(100)) expect((await rollout.verdicts()).at(-1)).toEqual(['pass']);
  });

  it('tells a newcomer for whom there is no room that it is not watched', async () => {
    await stage.work();
    await stage.startSentinel({ room: 1_500 });
    const rollouts = await Promise.all(Array.from({ length: 10 }, () => stage.rollout()));
    const { environment } = stage;
    const guards = [errorsBelow(0.1)];
    for (const rollout of rollouts) {
      await stage.activities().subscribe({ ...rollout.subscriber(guards), environment });
    }
    const taken = (await stage.roster()).map(({ rollout }) => rollout);
    expect(taken.length).toBeGreaterThan(1);
    expect(taken.length).toBeLessThan(10);
    for (const rollout of rollouts) {
      if (taken.includes(rollout.name)) await rollout.hears('pass');
      else {
        await eventually(async () =>
          expect((await rollout.heard()).blind).toMatchObject([
            { subscription: 1, reason: expect.stringMatching(/is full: it watches \d rollouts/) },
          ]),
        );
      }
    }
    const [first] = rollouts;
    const next = first?.subscriber(guards, { number: 2, percent: 100, recorded: { 'errors-shop': 0 } });
    if (next) await stage.activities().subscribe({ ...next, environment });
    await eventually(async () => expect((await first?.heard())?.evidence.at(-1)?.subscription).toBe(2));
  });

  it('tells everyone that it is blind, over several runs of it', async () => {
    const blindfolded = await stage.work('none');
    const many = await manySubscriptions(110);
    await stage.startSentinel({ watched: pack(many), blindAfter: 1_000, continueAfter: 30 });
    const { runId } = await stage.sentinel.describe();
    for (const workflowId of new Set(many.map((subscriber) => subscriber.workflowId))) {
      await eventually(async () =>
        expect((await stage.heardBy(workflowId)).blind.length).toBeGreaterThanOrEqual(5),
      );
    }
    expect((await stage.sentinel.describe()).runId).not.toBe(runId);
    expect(await stage.roster()).toHaveLength(110);
    await blindfolded.stop();
  });
});
