import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { memoryFile, type Memory } from '../../activities/flags/memory.js';
import { backfillsOf, backfillStep, untilHalfWay, withBatchesOf } from '../support/rollouts/backfill.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import {
  eventOf,
  eventsOf,
  inEnvironment,
  lookAtWorld,
  type Ended,
  type TestEnvironment,
} from '../support/rollouts.js';

const restored = ['expose/split-name', 'keep-in-sync/shop.customer', 'add-columns/shop.customer'];

/** Everything was taken back in the one safe order, read again, and found as it was. */
function expectTakenBack({ outcome, journal }: Ended): void {
  expect(outcome.type).toBe('rolled-back');
  expect(outcome).not.toHaveProperty('unconfirmed');
  expect(eventsOf(journal, 'unwinding')).toHaveLength(1);
  const undone = eventsOf(journal, 'undone').map(({ step }) => step?.replace(/\/\d+$/, ''));
  expect(undone.filter((step) => restored.includes(step ?? ''))).toEqual(restored);
  expect(eventsOf(journal, 'verified').map(({ reason }) => reason.split(':').slice(0, 2).join(':'))).toEqual([
    'table:shop.customer',
    'flag:split-name',
  ]);
  expect(eventOf(journal, 'baseline-confirmed').at).toBeGreaterThan(eventOf(journal, 'unwinding').at);
  expect(journal.at(-1)).toMatchObject({ type: 'ended', reason: expect.stringContaining('rolled-back') });
}

/** The targetings before and after the last change that a rollout made to the flag. */
async function lastChange({ flagFile }: TestEnvironment, rollout: string) {
  const memory = JSON.parse(await readFile(memoryFile(flagFile), 'utf8')) as Memory;
  const { before, after } = memory.rollouts[rollout]?.['split-name']?.last ?? {};
  return { before: JSON.stringify(before?.targeting), after: JSON.stringify(after?.targeting) };
}

it.concurrent('a guard fails in the canary: exposure goes back in one hop, then everything else', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({ canary: [5, 25], canaryFor: '800ms' });
    await rollout.waitForWatch('watch/canary-25');
    expect(environment.percent()).toBe(25);
    environment.shop.failing = 0.5;
    const ended = await rollout.ended();

    expectTakenBack(ended);
    expect(ended.closed).toBe('COMPLETED');
    expect(ended.outcome.reason).toMatch(/guard errors failed: .*limit 5 %/);
    const breach = eventOf(ended.journal, 'breach');
    expect(breach).toMatchObject({ phase: 'canary', evidence: { guard: 'errors' } });
    expect(eventsOf(ended.journal, 'undo-started').filter(({ step }) => step?.startsWith('expose'))).toEqual([
      expect.objectContaining({ step: 'expose/split-name/25' }),
    ]);
    expect(await lastChange(environment, rollout.id)).toEqual({
      before: expect.stringContaining('["on",25]'),
      after: undefined,
    });
    const { unwinding } = await rollout.status();
    expect(unwinding?.exposureRestoredAt).toBeLessThanOrEqual(unwinding?.verifiedAt ?? 0);
    expect(await lookAtWorld(environment)).toEqual(before);
    expect(environment.told.some((text) => text.includes('rolling back: guard errors failed'))).toBe(true);
  }),
);

it.concurrent('a guard fails while an approval waits: the approvals given so far open nothing', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start();
    await rollout.decideAt('approve/go', 'ana', { type: 'approve' });
    environment.shop.failing = 0.5;
    const ended = await rollout.ended();

    expectTakenBack(ended);
    expect(ended.closed).toBe('COMPLETED');
    expect(eventOf(ended.journal, 'breach')).toMatchObject({ phase: 'promote' });
    expect(eventsOf(ended.journal, 'gate-passed')).toEqual([]);
    expect(eventsOf(ended.journal, 'act-started').map(({ step }) => step)).not.toContain(
      'expose/split-name/100',
    );
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('an abort in the middle of the backfill waits for it to end, then takes everything back', () =>
  inEnvironment({ customers: 8_000 }, async (environment) => {
    const { database } = environment;
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({}, withBatchesOf(4));
    await untilHalfWay(database, rollout.id);
    const answer = await rollout.decide('carl', { type: 'abort' });
    expect(answer).toEqual({ accepted: true, reason: 'everything is taken back' });
    const ended = await rollout.ended();

    const { journal } = ended;
    expect(ended).toMatchObject({ closed: 'COMPLETED', outcome: { type: 'rolled-back' } });
    expect(ended.outcome.reason).toBe('carl aborted: decided in a test');
    expect(eventsOf(journal, 'decision')).toEqual([
      expect.objectContaining({ by: 'carl', reason: 'abort: accepted, everything is taken back' }),
    ]);
    expect(eventsOf(journal, 'act-done', backfillStep)).toEqual([]);
    expect(eventsOf(journal, 'undone').map(({ step }) => step)).toEqual([
      backfillStep,
      'keep-in-sync/shop.customer',
      'add-columns/shop.customer',
    ]);
    expect(eventOf(journal, 'verified').evidence).toMatchObject({ rows: 8_000, touched: 0 });
    expect(await lookAtWorld(environment)).toEqual(before);
    const [stopped] = await backfillsOf(database, rollout.id);
    expect(stopped?.state).toBe('running');
    expect(stopped?.rows).toBeLessThan(8_000);
  }),
);

it.concurrent("cancelling the workflow with Temporal's own CLI takes everything back, then closes it", () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({ canaryFor: '1m' });
    await rollout.waitForWatch('watch/canary-25');
    await temporalCli('workflow', 'cancel', '--workflow-id', rollout.id);
    const ended = await rollout.ended();

    expectTakenBack(ended);
    expect(ended.closed).toBe('CANCELLED');
    expect(ended.outcome).toMatchObject({
      cancelled: true,
      reason: expect.stringContaining('through Temporal'),
    });
    expect(eventOf(ended.journal, 'unwinding')).toMatchObject({
      phase: 'canary',
      reason: expect.stringContaining('the workflow was cancelled'),
    });
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);
