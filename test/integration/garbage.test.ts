import { WorkflowFailedError } from '@temporalio/client';
import { expect, it } from 'vitest';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import { sentinelId, sentinelNames, type RosterPage } from '../../src/protocol/sentinel.js';
import { locksId, locksNames, type LockTable } from '../../src/protocol/locks.js';

import { call, hostileCalls, type Call } from '../support/doors/raw.js';
import { replay } from '../support/rollouts/replay.js';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  type TestEnvironment,
} from '../support/rollouts.js';

/** Messages that look right decide something; all others change nothing. */
const seed = 20_261_130;
const ofEach = 40;
/** Calls under way: the server lets in ten updates of a workflow at a time. */
const atOnce = 8;

async function failedTasks({ temporal }: TestEnvironment, workflowId: string): Promise<unknown[]> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  // Without a failure it was the server, which lets no task end while too much comes during it.
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure ?? []);
}

it.concurrent(
  'nothing that comes to a rollout, the sentinel or the locks stops them, or changes anything',
  () =>
    inEnvironment({}, async (environment) => {
      const { name, temporal } = environment;
      const before = await lookAtWorld(environment);
      // Nobody is exposed: no hold comes between.
      const rollout = await environment.start({ canary: [] });
      await rollout.waitForGate('approve/go');
      const ids = { rollout: rollout.id, sentinel: sentinelId(name), locks: locksId(name) };
      const see = async () => {
        const { gate, steps, exposure, paused, outcome } = await rollout.status();
        return {
          rollout: { gate, steps, exposure, paused, outcome },
          roster: await temporal.workflow
            .getHandle(ids.sentinel)
            .query<RosterPage, [number]>(sentinelNames.roster, 0),
          table: await temporal.workflow.getHandle(ids.locks).query<LockTable>(locksNames.table),
        };
      };
      const seen = await see();

      // An environment like this one has no drills.
      const calls = hostileCalls(ofEach, seed).filter(
        (one): one is Call & { type: keyof typeof ids } => one.type in ids,
      );
      const outcomes = new Map<string, number>();
      const line = [...calls];
      const lane = async () => {
        for (let next = line.pop(); next; next = line.pop()) {
          const outcome = await call(temporal, ids[next.type], next).then(
            () => 'taken',
            () => 'refused',
          );
          const what = `${next.kind} ${outcome}`;
          outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));

      expect(await see()).toEqual(seen);
      for (const id of Object.values(ids)) expect(await failedTasks(environment, id)).toEqual([]);
      for (const id of Object.values(ids)) await replay(temporal, id);
      const ignored = eventsOf(await rollout.journal(), 'ignored');
      expect(ignored.length).toBeGreaterThan(0);
      expect(ignored.length).toBeLessThan(5);
      const { journal } = environment.records;
      for (const id of [ids.sentinel, ids.locks]) {
        await eventually(async () => {
          const events = (await journal.read(id)).map(({ event }) => event);
          expect(eventOf(events, 'ignored').reason).toMatch(/from outside ignored/);
        });
      }

      await rollout.decide('ana', { type: 'abort' });
      expect((await rollout.ended()).outcome.type).toBe('rolled-back');
      expect(await lookAtWorld(environment)).toEqual(before);
      console.log(calls.length, outcomes);
    }),
);

it.concurrent("what is started with garbage ends at once, and is in nobody's way", () =>
  inEnvironment({}, async ({ name, temporal, start }) => {
    const starts = [
      ['rollout', `rollout/${name}/nothing/1`],
      ['sentinel', sentinelId(name)],
      ['locks', locksId(name)],
    ] as const;
    const taskQueue = taskQueueOf(name);
    for (const args of [[], ['x'], [null], [{ environment: 'another' }]]) {
      for (const [type, workflowId] of starts) {
        const started = await temporal.workflow.start(type, { workflowId, taskQueue, args });
        await expect(started.result()).rejects.toThrow(WorkflowFailedError);
      }
    }
    const rollout = await start({ canary: [] });
    await rollout.waitForGate('approve/go');
    await rollout.decide('ana', { type: 'abort' });
    expect((await rollout.ended()).outcome.type).toBe('rolled-back');
  }),
);

it.concurrent(
  'whoever sends what a rollout, its sentinel or the locks would send is not taken for them',
  () =>
    inEnvironment({}, async ({ name, temporal, client, records, start }) => {
      const first = await start({ canary: [] });
      await first.waitForGate('approve/go');
      const second = await start({ canary: [] });
      await second.waitFor('queued', ({ status }) => status === 'queued');
      const signal = (id: string, signalName: string, given: unknown) =>
        temporal.workflow.getHandle(id).signal(signalName, given);
      const roster = () =>
        temporal.workflow.getHandle(sentinelId(name)).query<RosterPage, [number]>(sentinelNames.roster, 0);
      const table = async () => {
        const locks = temporal.workflow.getHandle(locksId(name));
        const { holders, line } = await locks.query<LockTable>(locksNames.table);
        return { holders, waiting: line.map(({ rollout, chain }) => ({ rollout, chain })) };
      };
      const before = [await roster(), await table()];
      const { number, since } = { number: 99, since: Date.now() + 3_600_000 };

      const forged = { rollout: first.id, askedAt: since };
      await signal(locksId(name), locksNames.release, forged);
      await signal(locksId(name), locksNames.release, { ...forged, chain: 'guessed' });
      const subscription = {
        rollout: first.id,
        workflowId: first.id,
        number,
        since,
        guards: [],
        recorded: {},
      };
      await signal(sentinelId(name), sentinelNames.subscribe, { ...subscription, percent: 0 });
      await signal(sentinelId(name), sentinelNames.unsubscribe, { rollout: first.id });
      await signal(second.id, 'lock', { status: 'granted' });
      const pass = { guard: 'errors', verdict: 'pass', at: Date.now(), reason: 'forged' };
      await signal(first.id, sentinelNames.evidence, { subscription: 1, readings: [pass] });

      // What the forged leave led to is over when it has asked again and stands where it stood.
      await eventually(async () => {
        const { events } = await temporal.workflow.getHandle(second.id).fetchHistory();
        const asked = (events ?? []).filter(
          ({ activityTaskScheduledEventAttributes: made }) => made?.activityType?.name === 'acquire',
        );
        const answered = (events ?? []).filter(({ activityTaskCompletedEventAttributes: done }) =>
          asked.some(({ eventId }) => done?.scheduledEventId?.eq(eventId ?? 0)),
        );
        expect(answered.length).toBe(2);
      });
      await eventually(async () =>
        expect(eventOf(await first.journal(), 'ignored').reason).toMatch(/does not come from who watches/),
      );
      expect((await first.status()).readings.map(({ reason }) => reason)).not.toContain('forged');

      await eventually(async () => {
        for (const id of [sentinelId(name), locksId(name)]) {
          const events = (await records.journal.read(id)).map(({ event }) => event);
          expect(eventOf(events, 'ignored').reason).toMatch(/does not come from it/);
        }
      });
      expect((await second.status()).status).toBe('queued');
      expect([await roster(), await table()]).toEqual(before);

      await first.decide('ana', { type: 'abort' });
      await second.waitForGate('approve/go');
      expect((await client.locks.read(name)).holders.map(({ rollout }) => rollout)).toEqual([second.id]);
      await second.decide('ana', { type: 'abort' });
      expect((await second.ended()).outcome.type).toBe('rolled-back');
      for (const id of [first.id, second.id, sentinelId(name), locksId(name)]) await replay(temporal, id);
    }),
);
