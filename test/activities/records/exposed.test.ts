import { expect, it } from 'vitest';
import { recordedExposure } from '../../../activities/records/exposed.js';
import { createFlagsAdapter } from '../../../activities/flags/adapter.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import { expose } from '../../../src/steps/index.js';
import { planOf, watch } from '../../support/world/plans.js';

const plan = planOf({
  canary: [expose('search', { percent: 5 }), watch('1'), expose('search', { percent: 25 }), watch('2')],
});
const digest = planDigest(plan);
const started: Partial<JournalEvent> = { type: 'started', evidence: { digest } };
const step = (type: JournalEvent['type'], id: string, by?: string): Partial<JournalEvent> => ({
  type,
  step: id,
  ...(by !== undefined && { by }),
});

function exposureAfter(events: readonly Partial<JournalEvent>[], targeting?: object) {
  const journal = events.map((event, index) => ({
    event: { number: index + 1, at: 0, reason: '', ...event } as JournalEvent,
  }));
  const state = { percent: 0, ...(targeting && { targeting: targeting as never }) };
  const stores = {
    journal: { read: () => Promise.resolve(journal as never) },
    plans: { get: (asked: string) => Promise.resolve(asked === digest ? plan : undefined) },
    captures: { list: () => Promise.resolve([{ target: 'flag:search' as const, at: 0, state }]) },
  };
  const adapter = createFlagsAdapter({ stores: { flags: { file: '/etc/flags.json' } } });
  return recordedExposure('rollout/e/sample/1', stores, [adapter]);
}

it('says how much is exposed, and exactly what a hand puts back', async () => {
  const climbed = [started, step('act-started', 'expose/search/5'), step('act-started', 'expose/search/25')];
  expect(await exposureAfter(climbed)).toEqual({
    percent: 25,
    byHand: ['by hand: in /etc/flags.json, flag "search", remove "targeting"'],
  });
  const { byHand } = await exposureAfter(climbed, { if: [true, 'off'] });
  expect(byHand).toEqual([
    'by hand: in /etc/flags.json, flag "search", set "targeting" to {"if":[true,"off"]}',
  ]);
});

it('takes what is captured for exposed, as the journal comes a moment later', async () => {
  expect(await exposureAfter([started])).toMatchObject({ percent: 5, byHand: [expect.any(String)] });
});

it('knows what was taken back, and what an operator left out', async () => {
  const climbed = [started, step('act-started', 'expose/search/5')];
  expect(await exposureAfter([...climbed, step('undone', 'expose/search/5')])).toMatchObject({ percent: 0 });
  expect(await exposureAfter([...climbed, { type: 'retreated' }])).toMatchObject({ percent: 0 });
  expect(await exposureAfter([...climbed, { type: 'ended' }])).toMatchObject({ percent: 0 });
  expect(await exposureAfter([...climbed, step('undone', 'expose/search/5', 'ana')])).toMatchObject({
    percent: 5,
  });
});

it('says nothing of a rollout that has no journal, or no plan', async () => {
  expect(await exposureAfter([])).toEqual({ percent: 0, byHand: [] });
  const other = { type: 'started' as const, evidence: { digest: '0'.repeat(64) } };
  expect(await exposureAfter([other, step('act-started', 'expose/search/5')])).toMatchObject({ percent: 0 });
});
