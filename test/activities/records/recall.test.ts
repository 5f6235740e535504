import { describe, expect, it } from 'vitest';
import { recallRollout, type RecallStores } from '../../../activities/records/recall.js';
import { chainEntry, type JournalEvent, type JournalEventType } from '../../../src/engine/state/journal.js';
import { mostExposed, type Plan } from '../../../src/engine/plan/plan.js';
import { act, byAction, expose, gate, planOf, watch } from '../../support/world/plans.js';
import type { Capture } from '../../../src/engine/state/values.js';

const rollout = 'rollout/test/sample/1';
const plan = planOf({
  expand: [act('do/1', 'table:x', byAction), act('do/2', 'table:x', byAction)],
  canary: [expose('a', 5), watch('1'), expose('a', 25), watch('2')],
  contract: [gate('purge'), act('purge/1', 'table:x', { type: 'irreversible', because: 'it is gone' })],
});

type Told = readonly [type: JournalEventType, about?: Partial<JournalEvent>];
const started: Told = ['started', { evidence: { digest: 'd' } }];
const did = (...steps: string[]): Told[] => steps.map((step) => ['act-started', { step, epoch: 0 }]);

function stores(
  told: readonly Told[],
  captured: readonly Capture['target'][],
  known: Plan | undefined = plan,
): RecallStores {
  const events = told.map(([type, about], index): JournalEvent => ({
    number: index + 1,
    at: index,
    type,
    reason: 'told',
    ...about,
  }));
  return {
    journal: { read: () => Promise.resolve(events.map((event) => chainEntry(rollout, event, ''))) },
    captures: { list: () => Promise.resolve(captured.map((target) => ({ target, at: 0, state: {} }))) },
    plans: { get: () => Promise.resolve(known) },
  };
}

const recall = (
  kind: 'revert' | 'rescue',
  told: readonly Told[],
  captured: readonly Capture['target'][] = [],
) => recallRollout({ rollout, kind }, stores(told, captured));

describe('recalling a rollout', () => {
  it('knows what was started, under which try, and how many are exposed', async () => {
    const told = [
      started,
      ...did('do/1', 'do/2', 'expose/a/5'),
      ['act-started', { step: 'do/2', epoch: 2 }] as const,
    ];
    const recalled = await recall('rescue', told, ['table:x', 'flag:a']);
    expect(recalled).toMatchObject({
      digest: 'd',
      started: ['do/1', 'do/2', 'expose/a/5', 'expose/a/25'],
      epochs: { 'do/1': 0, 'do/2': 2, 'expose/a/5': 0 },
    });
    expect(mostExposed(plan, recalled.started)).toBe(25);
  });

  it('takes for started what touches a captured target, though the journal does not know it yet', async () => {
    const { started: acts } = await recall('rescue', [started, ...did('do/1')], ['table:x', 'flag:a']);
    expect(acts).toEqual(['do/1', 'do/2', 'expose/a/5', 'expose/a/25']);
    expect((await recall('rescue', [started], ['table:x'])).started).toEqual(['do/1', 'do/2']);
  });

  it('leaves out what a retreat took back and what was skipped', async () => {
    const told: Told[] = [
      started,
      ...did('do/1', 'do/2', 'expose/a/5'),
      ['retreated'],
      ['step-skipped', { step: 'do/2' }],
    ];
    const recalled = await recall('rescue', told, []);
    expect(recalled).toMatchObject({ started: ['do/1'] });
    expect(mostExposed(plan, recalled.started)).toBe(0);
  });

  it('forgets nothing at a retreat of a plan that exposes nobody', async () => {
    const acts = [act('do/1', 'table:x', byAction), act('do/2', 'table:x', byAction)];
    const told: Told[] = [started, ...did('do/1', 'do/2'), ['retreated']];
    const recalled = recallRollout({ rollout, kind: 'rescue' }, stores(told, [], planOf({ expand: acts })));
    expect(await recalled).toMatchObject({ started: ['do/1', 'do/2'] });
  });

  it.each([
    ['rescue', [], /has no journal in the records/],
    [
      'rescue',
      [started, ['ended', { reason: 'completed: done', evidence: { outcome: 'completed' } }]],
      /ended completed: there is nothing to rescue.*revert/,
    ],
    [
      'rescue',
      [['started', { evidence: { digest: 'd', reverts: 'rollout/test/sample/0' } }]],
      /did nothing of its own: it takes rollout\/test\/sample\/0 back/,
    ],
    [
      'rescue',
      [started, ['ended', { reason: 'rolled-back: done', evidence: { outcome: 'rolled-back' } }]],
      /ended rolled-back: nothing of it is left to take back; start/,
    ],
    [
      'revert',
      [started, ['ended', { reason: 'rolled-back: done', evidence: { outcome: 'rolled-back' } }]],
      /ended rolled-back: nothing of it is left to take back; start/,
    ],
    [
      'revert',
      [started, ...did('do/1')],
      /has not ended by itself: only a completed rollout is reverted.*rescue/,
    ],
    [
      'revert',
      [started, ['ended', { reason: 'halted: by hand', evidence: { outcome: 'halted' } }]],
      /ended halted: only a completed rollout/,
    ],
    [
      'rescue',
      [started, ['no-return', { step: 'purge/1', reason: 'it is gone' }]],
      /point of no return \(purge\/1\)/,
    ],
  ] as [kind: 'revert' | 'rescue', told: Told[], message: RegExp][])(
    'refuses: %s of %j',
    async (kind, told, message) => {
      await expect(recall(kind, told)).rejects.toThrow(message);
    },
  );

  it('goes back over a point of no return that was uncrossed', async () => {
    const told: Told[] = [
      started,
      ...did('do/1'),
      ['no-return', { step: 'purge/1' }],
      ['no-return-uncrossed', { step: 'purge/1' }],
    ];
    expect((await recall('rescue', told, ['table:x'])).started).toContain('do/1');
  });

  it('refuses when the plan is not in the records', async () => {
    const bare: RecallStores = { ...stores([started], []), plans: { get: () => Promise.resolve(undefined) } };
    await expect(recallRollout({ rollout, kind: 'rescue' }, bare)).rejects.toThrow(
      /has plan d, which is not in the records/,
    );
  });
});
