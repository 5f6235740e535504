import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { all, withDeadlines } from '../support/rollouts/plans.js';
import { whileLocked } from '../support/rollouts/stranger.js';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';

const undoWithin = 15_000;
const columns = 'add-columns/shop.customer';
const exposure = 'expose/split-name/25';

async function exposed(environment: TestEnvironment): Promise<TestRollout> {
  const rollout = await environment.start({ canaryFor: '1m' }, all(withDeadlines({ undo: undoWithin })));
  await rollout.waitForWatch('watch/canary-25');
  return rollout;
}

const abort = async (rollout: TestRollout) =>
  expect(await rollout.decide('ana', { type: 'abort' })).toMatchObject({ accepted: true });

async function expectCalled({ told }: TestEnvironment, step: string): Promise<void> {
  const incident = new RegExp(`INCIDENT.*needs an operator at ${step}: its undo failed`, 'i');
  await eventually(() => expect(told).toContainEqual(expect.stringMatching(incident)));
}

it.concurrent('an undo that a lock keeps from ending calls somebody, and goes on once the lock is gone', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await exposed(environment);
    await whileLocked(environment.database, 'access share', async () => {
      await abort(rollout);
      const waits = expect.stringMatching(
        /it does not get through in shop.*: canceling statement due to lock timeout/,
      );
      await eventually(async () =>
        expect(await environment.client.attempts(rollout.id)).toContainEqual({
          activity: 'undo',
          failed: 0,
          error: waits,
        }),
      );
      const { stuck, possible } = await rollout.waitForOperator(columns);
      expect(stuck?.problem).toEqual(waits);
      expect(stuck?.choices).toEqual(['retry', 'skip', 'halt']);
      expect(possible).toContain('resolve');
      // What could be taken back is.
      expect(environment.percent()).toBe(0);
      await expectCalled(environment, columns);
      const denied = await rollout.decide('carl', { type: 'resolve', choice: 'retry' });
      expect(denied).toMatchObject({ accepted: false });
    });
    const answer = await rollout.decide('ben', { type: 'resolve', choice: 'retry' });
    expect(answer).toEqual({ accepted: true, reason: `retry ${columns}` });
    const { outcome, closed, journal } = await rollout.ended();

    expect([outcome.type, closed]).toEqual(['rolled-back', 'COMPLETED']);
    expect(eventsOf(journal, 'undo-started', columns)).toHaveLength(2);
    expect(eventsOf(journal, 'undone', exposure)).toHaveLength(1);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent(
  'an exposure that cannot be taken back is skipped and put back by hand, and read all the same',
  () =>
    inEnvironment({}, async (environment) => {
      const before = await lookAtWorld(environment);
      const rollout = await exposed(environment);
      await writeFile(environment.flagFile, '{ "flags": {');
      await abort(rollout);
      // Why it takes so long is said long before the deadline is over.
      await eventually(async () =>
        expect(await environment.client.attempts(rollout.id)).toContainEqual({
          activity: 'restore',
          failed: expect.any(Number),
          error: expect.stringContaining('is not JSON'),
          nextAt: expect.any(Number),
        }),
      );
      const { stuck } = await rollout.waitForOperator(exposure);
      expect(stuck?.problem).toContain('is not JSON');
      // Who calls first may not know the reason yet: a try that takes long has not said it. Whoever asks does.
      await eventually(() => {
        const told = (text: RegExp) => expect(environment.told).toContainEqual(expect.stringMatching(text));
        told(/INCIDENT.*25 % could NOT be taken back: /);
        told(/INCIDENT.* is not JSON/);
      });
      // Nothing that the candidate needs is taken away meanwhile.
      expect(eventsOf(await rollout.journal(), 'undone')).toEqual([]);
      expect((await rollout.status()).exposure).toBe(25);

      const request = await rollout.request('ana', { type: 'resolve', choice: 'skip' });
      const { reason: _, ...mute } = request;
      expect(await environment.client.decide(rollout.id, { ...mute, id: 'mute' })).toEqual({
        accepted: false,
        reason: 'skip needs a reason',
      });
      expect(await environment.client.decide(rollout.id, request)).toMatchObject({ accepted: true });
      // The application still serves the candidate: nothing that it needs goes before that is over.
      await rollout.waitForEvent('undone', exposure);
      await writeFile(environment.flagFile, before.flags);
      const { outcome, journal } = await rollout.ended();

      expect(outcome.type).toBe('rolled-back');
      expect(eventOf(journal, 'undone', exposure)).toMatchObject({
        by: 'ana',
        reason: 'skipped by ana: decided in a test',
      });
      expect(eventsOf(journal, 'verified')).toHaveLength(2);
      expect(await lookAtWorld(environment)).toEqual(before);
    }),
);

it.concurrent('halt leaves what is not taken back yet as it is, says so, and closes as a failure', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await exposed(environment);
    await whileLocked(environment.database, 'access share', async () => {
      await abort(rollout);
      await rollout.waitForOperator(columns);
      expect(await rollout.decide('ana', { type: 'resolve', choice: 'halt' })).toMatchObject({
        accepted: true,
      });
      const { outcome, closed, failure, journal } = await rollout.ended();

      expect([outcome.type, closed, failure]).toEqual(['halted', 'FAILED', 'Halted']);
      expect(outcome.reason).toBe(`ana halted the rollback at ${columns}: decided in a test`);
      expect(eventsOf(journal, 'verified')).toEqual([]);
      expect(journal.at(-1)).toMatchObject({
        type: 'ended',
        reason: expect.stringMatching(/^halted: ana halted/),
      });
    });
    expect(environment.percent()).toBe(0);
    expect(await environment.database.catalogue()).toContain('first_name');
    expect((await environment.client.locks.read(environment.name)).holders).toEqual([]);
  }),
);
