import { describe, expect, it } from 'vitest';
import type { RecordedReading } from '../../../src/analysis/judge-window.js';
import type { Guard } from '../../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { guardsText } from '../../../apps/slack/say/guards.js';
import type { Told } from '../../../apps/slack/say/speaking.js';
import { sinceText } from '../../../apps/slack/say/worst.js';
import { worstOf } from '../../../apps/slack/tell/worst.js';
import { absolute, guardOf, p95, relative } from '../../analysis/given.js';
import { clickedPlan } from './plans.js';

const guards: readonly Guard[] = [guardOf(absolute(0.05)), guardOf(relative(), p95)];
const plan = { ...clickedPlan(), guards };
const exposed = { number: 1, at: 1_000, type: 'act-started', step: 'expose/split/25', reason: '' } as const;
const passed = { number: 2, at: 5_000, type: 'gate-passed', step: 'approve/go', reason: '' } as const;
const reading = (at: number, guard: string, value?: number, baseline?: number): RecordedReading => ({
  guard,
  at,
  verdict: 'pass',
  reason: '',
  subscription: 1,
  ...(value !== undefined && { value }),
  ...(baseline !== undefined && { baseline }),
});

/** Evidence that remembers which windows were read of it. */
function evidence(readings: readonly RecordedReading[]) {
  const windows: (readonly [number, number])[] = [];
  const store = {
    async *parts(_: string, from: number, to: number) {
      windows.push([from, to]);
      yield await Promise.resolve(readings.filter(({ at }) => at >= from && at <= to));
    },
  };
  return { store, windows };
}

const textAt = async (
  readings: readonly RecordedReading[],
  events: readonly JournalEvent[],
  now = 10_000_000,
) => {
  const worst = await worstOf(evidence(readings).store, () => now)('r', plan, events);
  const told = { plan, report: { readings: [reading(now, 'errors', 0.001)] } };
  return worst && `${sinceText(worst)}\n${guardsText(told as unknown as Told, worst)}`;
};

describe('the worst that guards have seen before a question', () => {
  it('is of the time since somebody was exposed first, of each guard by its own measure', async () => {
    const readings = [
      reading(500, 'errors', 0.9),
      reading(2_000, 'errors', 0.02),
      reading(3_000, 'errors', 0.01),
      // Slower in all, but not so much slower than its baseline.
      reading(2_000, 'latency', 0.2, 0.1),
      reading(3_000, 'latency', 0.5, 0.4),
    ];
    expect(await textAt(readings, [exposed])).toBe(
      'since somebody was exposed\n' +
        '✅ errors *0.1 %*, worst *2 %* (at most 5 %)\n' +
        '▫️ latency: not measured yet, worst *200 ms* against 100 ms (at most 100 % over the baseline)',
    );
  });

  it('is of the time since the last gate, once one was passed', async () => {
    const readings = [reading(2_000, 'errors', 0.04), reading(6_000, 'errors', 0.01)];
    expect(await textAt(readings, [exposed, passed])).toMatch(/^since go was passed\n.*worst \*1 %\*/);
  });

  it('says so where nothing was measured, where nobody was exposed, and where it cannot be read', async () => {
    expect(await textAt([], [exposed])).toContain('errors *0.1 %*, never measured (at most 5 %)');
    expect(await textAt([], [])).toBeUndefined();
    const broken = {
      parts() {
        throw new Error('the records are away');
      },
    };
    const worst = await worstOf(broken)('r', plan, [exposed]);
    expect(worst).toEqual({ since: 1_000, readings: undefined });
    expect(guardsText({ plan, report: { readings: [] } } as unknown as Told, worst)).toContain(
      'worst not known',
    );
  });

  it('reads at each look only what has come since, and begins anew where it could not', async () => {
    const readings = [reading(2_000, 'errors', 0.04), reading(7_200_000, 'errors', 0.01)];
    const { store, windows } = evidence(readings);
    let now = 3_600_000;
    const worst = worstOf(store, () => now);
    await worst('r', plan, [exposed]);
    now = 7_200_000;
    const found = await worst('r', plan, [exposed]);
    expect(found?.readings?.get('errors')?.value).toBe(0.04);
    expect(windows).toEqual([
      [1_000, 3_600_000],
      [3_540_000, 7_200_000],
    ]);
    let away = true;
    const returning = {
      parts: (...given: Parameters<typeof store.parts>) => {
        if (away) throw new Error('the records are away');
        return store.parts(...given);
      },
    };
    const again = worstOf(returning, () => now);
    await again('r', plan, [exposed]);
    away = false;
    expect((await again('r', plan, [exposed]))?.readings?.get('errors')?.value).toBe(0.04);
  });
});
