import { expect, it } from 'vitest';
import { locksId, locksNames } from '../../src/protocol/locks.js';
import { sentinelId, sentinelNames } from '../../src/protocol/sentinel.js';
import { flood } from '../support/doors/flood.js';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  openEnvironment,
} from '../support/rollouts.js';
import { backfillsOf, backfillStep, untilHalfWay, withBatchesOf } from '../support/rollouts/backfill.js';
import { untilRuns } from '../support/rollouts/chatter.js';
import { replay } from '../support/rollouts/replay.js';
import { runsOf } from '../support/rollouts/runs.js';

/** `SWITCHBACK_FLOOD=60000` for the flood of the case. The server takes 10,000 of one run: a smaller flood fills none. */
const signals = Number(process.env['SWITCHBACK_FLOOD'] ?? 12_000);
const patience = 180_000 + signals * 10;

/** The server ends a run of 51,200 events. */
const mostEvents = 30_000;

it(
  `a breach among ${signals} forged signals is taken back as without them`,
  () =>
    inEnvironment({}, async (environment) => {
      const { temporal, shop } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ soakFor: '1h' });
      await rollout.waitForWatch('watch/soak');
      const forged = flood(temporal, rollout.id, signals);
      try {
        await eventually(() => expect(forged.taken).toBeGreaterThan(signals / 2));
        const failing = Date.now();
        shop.failing = 0.5;
        await eventually(() => expect(environment.percent()).toBe(0));
        const back = Date.now() - failing;
        const { outcome, journal } = await rollout.ended();

        expect(outcome.type).toBe('rolled-back');
        expect(eventOf(journal, 'breach').reason).toBeDefined();
        expect(eventsOf(journal, 'verified')).toHaveLength(2);
        expect(await lookAtWorld(environment)).toEqual(before);
        expect(await rollout.verifyExported()).toMatchObject({ ok: true });
        const exported = (await rollout.exported()).map(({ event }) => event);
        expect(exported.map(({ number }) => number)).toEqual(exported.map((_, index) => index + 1));
        expect(
          exported.some(({ type, reason }) => type === 'decision' && !reason.startsWith('refused')),
        ).toBe(false);

        const runs = (await runsOf(temporal, rollout.id)).map(({ events }) => events ?? []);
        const counts = runs.map((events) => ({
          events: events.length,
          signals: events.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
        }));
        for (const { events } of counts) expect(events).toBeLessThan(mostEvents);
        const counted = eventsOf(exported, 'decisions-refused').reduce(
          (sum, { evidence }) => sum + Number(evidence?.['count']),
          0,
        );
        console.log({
          back,
          taken: forged.taken,
          refused: forged.refused,
          counted,
          lines: exported.length,
          counts,
        });
      } finally {
        forged.stop();
        await forged.ended;
      }
    }),
  patience,
);

it('a worker that comes back to thousands of forged signals is not ended by them', async () => {
  const environment = await openEnvironment();
  try {
    const first = await environment.work();
    const rollout = await environment.start({ canary: [] });
    await rollout.waitForGate('approve/go');
    await first.stop();
    await flood(environment.temporal, rollout.id, 3_000).ended;
    await environment.work();
    const refused = await rollout.waitForEvent('decisions-refused');
    expect(refused.reason).toMatch(/nobody has read them|may not decide here/);
    await eventually(async () => {
      const lines = eventsOf(await rollout.journal(), 'decisions-refused');
      expect(lines.reduce((sum, { evidence }) => sum + Number(evidence?.['count']), 0)).toBe(3_000);
      expect(lines.length).toBeLessThan(10);
    });
    await rollout.decide('ana', { type: 'abort' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  } finally {
    await environment.close();
  }
});

it.each([
  {
    workflow: 'the locks',
    idOf: locksId,
    forge: (number: number) => ({
      name: locksNames.decide,
      argument: { id: `forged-${number}`, by: 'mallory', reason: 'forged', type: 'stop', exposure: 'zero' },
    }),
  },
  {
    workflow: 'the locks, with scopes that nobody has',
    idOf: locksId,
    forge: (number: number) => ({
      name: locksNames.release,
      argument: { rollout: `rollout/forged/${number}`, askedAt: number },
    }),
  },
  {
    workflow: 'the sentinel',
    idOf: sentinelId,
    forge: (number: number) => ({
      name: sentinelNames.unsubscribe,
      argument: { rollout: `rollout/forged/${number}` },
    }),
  },
  {
    workflow: 'the sentinel, with what is no message',
    idOf: sentinelId,
    forge: (number: number) => ({ name: sentinelNames.subscribe, argument: number }),
  },
])('a flood to $workflow keeps nobody from starting', ({ idOf, forge }) =>
  inEnvironment({}, async ({ name, temporal, start }) => {
    const first = await start({ canary: [] });
    await first.waitForGate('approve/go');
    const forged = flood(temporal, idOf(name), 2_000, forge);
    await forged.ended;
    await first.decide('ana', { type: 'abort' });
    expect((await first.ended()).outcome.type).toBe('rolled-back');
    const next = await start({ canary: [] });
    await next.waitForGate('approve/go');
    await next.decide('ana', { type: 'abort' });
    expect((await next.ended()).outcome.type).toBe('rolled-back');
    await replay(temporal, idOf(name));
  }),
);

it('a flood in the middle of a backfill cuts it short, and the next run goes on with it', () =>
  inEnvironment({ customers: 4_000 }, async (environment) => {
    const { temporal, database, start } = environment;
    const before = await lookAtWorld(environment);
    const full = 100;
    const rollout = await start({ canary: [] }, withBatchesOf(4), {
      continueAfter: full,
      overflowsAfter: full,
    });
    const half = await untilHalfWay(database, rollout.id);
    expect(half.rows).toBeLessThan(4_000);
    await flood(temporal, rollout.id, 3 * full).ended;
    await untilRuns(environment, rollout, 2);
    await rollout.waitForGate('approve/go');

    // One backfill, under one key, over two runs or more.
    expect(await backfillsOf(database, rollout.id)).toEqual([
      expect.objectContaining({ epoch: 0, rows: 4_000 }),
    ]);
    const began = eventsOf(await rollout.journal(), 'act-started', backfillStep);
    expect(began.length).toBeGreaterThan(1);
    expect(eventsOf(await rollout.journal(), 'act-done', backfillStep)).toHaveLength(1);
    await rollout.decide('ana', { type: 'abort' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
    expect(await lookAtWorld(environment)).toEqual(before);
  }));
