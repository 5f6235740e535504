import { describe, expect, it } from 'vitest';
import { RolloutWatch } from '../../../activities/sentinel/rollout-watch.js';
import type { GuardReading } from '../../../src/engine/state/values.js';
import { errorsBelow } from './stage.js';

const guard = errorsBelow(0.1);
const reading = (at: number, over: Partial<GuardReading> = {}): GuardReading => ({
  guard: guard.name,
  verdict: 'no-evidence',
  at,
  reason: `so at ${at}`,
  ...over,
});

/** Which of these readings its rollout hears. */
function heard(readings: readonly GuardReading[]): GuardReading[] {
  const subscriber = { rollout: 'r', workflowId: 'r', number: 1, percent: 5, since: 0, recorded: {} };
  const watch = new RolloutWatch({ ...subscriber, guards: [guard] }, 0);
  return readings.filter((one) => watch.take([one], one.at) !== undefined);
}

const seconds = (count: number) => Array.from({ length: count }, (_, index) => 100_000 + 1_000 * index);

describe('what a rollout hears of a verdict that stays', () => {
  it('is the newest reason, at most a tenth older than what it is about', () => {
    const readings = seconds(600).map((at) => reading(at));
    const told = heard(readings);
    for (const { at } of readings) {
      const newest = told.filter((one) => one.at <= at).at(-1);
      expect(at - (newest?.at ?? 0)).toBeLessThanOrEqual((at - 100_000) / 10 + 1_000);
    }
    expect(told.length).toBeLessThan(60);
  });

  it('is nothing while the reason is the same, or while it passes', () => {
    expect(heard(seconds(100).map((at) => reading(at, { reason: 'the same' })))).toHaveLength(1);
    expect(heard(seconds(100).map((at) => reading(at, { verdict: 'pass' })))).toHaveLength(1);
  });

  it('is nothing of what the plan lets continue', () => {
    const tolerant = { ...guard, on: { ...guard.on, inconclusive: 'continue' as const } };
    const subscriber = { rollout: 'r', workflowId: 'r', number: 1, percent: 5, since: 0, recorded: {} };
    const watch = new RolloutWatch({ ...subscriber, guards: [tolerant] }, 0);
    const told = seconds(100).filter((at) => watch.take([reading(at, { verdict: 'inconclusive' })], at));
    expect(told).toHaveLength(1);
  });

  it('is that a blind spot is there, and that it has gone', () => {
    const spot = { verdict: 'pass' as const, blindSpots: ['no failure counted so far'] };
    const readings = [reading(1, spot), reading(2, spot), reading(3, { verdict: 'pass' }), reading(4, spot)];
    expect(heard(readings).map(({ at }) => at)).toEqual([1, 3, 4]);
  });
});

it('a guard is read at once when the clock was set back, and not only when it has caught up', () => {
  const subscriber = { rollout: 'r', workflowId: 'r', number: 1, percent: 5, since: 0, recorded: {} };
  const watch = new RolloutWatch({ ...subscriber, guards: [guard] }, 0);
  const { interval } = guard.evidence;
  watch.take([reading(3_600_000)], 3_600_000);
  expect(watch.due('shop', 3_600_000 + interval / 2, 0)).toEqual([]);
  expect(watch.due('shop', 3_600_000 + interval, 0)).toEqual([guard]);
  expect(watch.due('shop', 1_000, 0)).toEqual([guard]);
});
