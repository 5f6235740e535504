import { expect, it } from 'vitest';
import { warningsOf } from '../../src/engine/plan/warnings.js';
import { run } from '../support/world.js';
import { act, byAction, expose, planOf, watch } from '../support/world/plans.js';

const columns = act('add', 'table:x', byAction);
const exposing = (drain: number) => [expose('a', 5, drain), watch('1'), expose('a', 25, 10_000), watch('2')];

it('warns of a drain below the poll interval of flag providers and a request, and names the step', () => {
  const [warning, ...more] = warningsOf(planOf({ expand: [columns], canary: exposing(9_999) }));
  expect(warning).toContain('expose/a/5 drains for');
  expect(warning).not.toContain('expose/a/25');
  expect(more).toEqual([]);
  expect(warningsOf(planOf({ expand: [columns], canary: exposing(10_000) }))).toEqual([]);
});

it('does not where nothing is taken away from whoever is late', () => {
  expect(warningsOf(planOf({ canary: exposing(0) }))).toEqual([]);
});

it('stands in the journal once, before the first act, and refuses nothing', async () => {
  const { trace, ended } = await run(planOf({ expand: [columns], canary: exposing(0) }));
  expect(ended).toMatchObject({ type: 'completed' });
  const [warning, ...more] = trace.events('warning');
  expect(more).toEqual([]);
  expect(warning!.index).toBeLessThan(trace.calls('apply')[0]!.index);
});
