import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadAnswer } from '../../../activities/metrics/bad-answer.js';
import type { Scrape } from '../../../src/analysis/arms.js';
import { FakeShop } from './fake-shop.js';
import { eventually } from '../../support/eventually.js';
import { errorsBelow, rules, Stage, type Rollout } from './stage.js';

const guards = [errorsBelow(0.1)];

/** A source that goes wrong in a way of its own once it is told to. */
class Faulty extends FakeShop {
  fault: ((scrape: Scrape) => Promise<Scrape>) | undefined;
  override async scrape(signal: AbortSignal): Promise<Scrape> {
    const scrape = await super.scrape(signal);
    return this.fault === undefined ? scrape : this.fault(scrape);
  }
}

describe('a window in which the sentinel saw nothing good', () => {
  let stage: Stage;
  const shop = new Faulty();
  beforeEach(async () => {
    shop.fault = undefined;
    stage = await Stage.set();
  });
  afterEach(() => stage.clear());

  const activities = () => stage.activities({ shop });
  async function subscribed(): Promise<Rollout> {
    const rollout = await stage.rollout();
    await activities().subscribe({ ...rollout.subscriber(guards), environment: stage.environment });
    await rollout.hears('pass');
    return rollout;
  }
  const judge = (rollout: Rollout, from: number) =>
    activities().judge({ subscription: rollout.subscriber(guards), from, to: Date.now() });

  const old = { at: Date.now() - 60_000, arms: {} };
  it.each<[string, 'no-evidence' | 'error', (scrape: Scrape) => Promise<Scrape>]>([
    ['cannot be reached', 'no-evidence', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    [
      'answers nonsense',
      'error',
      () => Promise.reject(new BadAnswer('http://shop', 'answers HTML', 'fix it')),
    ],
    ['answers what it measured a minute ago', 'no-evidence', () => Promise.resolve(old)],
    ['has no samples of either arm', 'no-evidence', ({ at }) => Promise.resolve({ at, arms: {} })],
    [
      'counts nobody',
      'no-evidence',
      ({ at }) => {
        const nobody = { requests: 7, failed: 0, durations: [] };
        return Promise.resolve({ at, arms: { baseline: nobody, candidate: nobody } });
      },
    ],
  ])('is not passed when the source %s: %s', async (_, verdict, fault) => {
    await stage.work(activities());
    const rollout = await subscribed();
    shop.fault = fault;
    await rollout.hears(verdict);
    const from = Date.now();
    await eventually(() =>
      expect(stage.evidence.of(rollout.name).filter(({ at }) => at > from).length).toBeGreaterThan(3),
    );
    const judged = await judge(rollout, from);
    expect(judged.verdict).toBe(verdict);
    expect(judged.covered).toBe(0);
  });

  it('is not passed when nobody watches at the moment of judging', async () => {
    const worker = await stage.work(activities());
    const rollout = await subscribed();
    await worker.stop();
    const from = Date.now();
    await eventually(() => expect(Date.now() - from).toBeGreaterThan(rules.interval * 3));
    expect(await judge(rollout, from)).toMatchObject({ verdict: 'no-evidence', covered: 0, last: [] });
    // Nor is it when only its end was not watched.
    const mixed = await judge(rollout, from - rules.interval * 3);
    expect(mixed.verdict).toBe('no-evidence');
  });
});
