import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, it } from 'vitest';
import {
  eventOf,
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  type TestRollout,
} from '../support/rollouts.js';
import type { Choice } from '../support/rollouts/rollout.js';

it.concurrent('a rejection takes everything back and says who and why', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start();
    await rollout.decideAt('approve/go', 'ana', { type: 'approve' });
    const answer = await rollout.decideAt('approve/go', 'ben', { type: 'reject' });
    expect(answer).toEqual({ accepted: true, reason: 'everything is taken back' });
    const { outcome, closed, journal } = await rollout.ended();

    expect(outcome).toEqual({
      type: 'rolled-back',
      reason: 'ben rejected approve/go: decided in a test',
      cause: { type: 'rejected', step: 'approve/go', by: 'ben', reason: 'decided in a test' },
    });
    expect(closed).toBe('COMPLETED');
    expect(eventsOf(journal, 'decision').at(-1)).toMatchObject({
      by: 'ben',
      step: 'approve/go',
      reason: 'reject: accepted, everything is taken back',
      evidence: { reason: 'decided in a test' },
    });
    expect(eventOf(journal, 'unwinding').reason).toBe(outcome.reason);
    expect(eventsOf(journal, 'verified')).toHaveLength(2);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('an approval that nobody gives in time takes everything back', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({ decideWithin: '1s' });
    const { outcome, closed, journal } = await rollout.ended();

    expect(outcome).toEqual({
      type: 'rolled-back',
      reason: 'approve/go expired: 0 of 2 approvals came in time',
      cause: { type: 'expired', step: 'approve/go', reason: '0 of 2 approvals came in time' },
    });
    expect(closed).toBe('COMPLETED');
    const opened = eventOf(journal, 'gate-opened', 'approve/go');
    expect(eventOf(journal, 'unwinding').at - opened.at).toBeGreaterThanOrEqual(1_000);
    expect(eventsOf(journal, 'decision')).toEqual([]);
    expect(eventsOf(journal, 'verified')).toHaveLength(2);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

/** Nobody is exposed: no hold comes between a look and a decision. */
const unexposed = { canary: [] };

it.concurrent('refuses every approval that is not for this gate, this plan and by these people', () =>
  inEnvironment({}, async ({ start, temporal, client }) => {
    const rollout = await start(unexposed);
    await rollout.waitForGate('approve/go');
    const approve = async (by: string, choice: Partial<Choice & { type: 'approve' }> = {}) =>
      rollout.decide(by, { type: 'approve', ...choice });
    const refused = (reason: string) => ({ accepted: false, reason: expect.stringContaining(reason) });

    expect(await approve('mallory')).toEqual(refused('mallory is not known here; known: ana, ben, carl'));
    expect(await approve('carl')).toEqual(refused('carl is in none of the groups that may decide'));
    expect(await rollout.decide('carl', { type: 'reject' })).toEqual(
      refused('carl is in none of the groups'),
    );
    expect(await approve('ana', { digest: '0'.repeat(64) })).toEqual(refused('it is for another plan'));
    expect(await approve('ana', { epoch: 7 })).toEqual(refused('before a hold or a new asking'));
    expect(await approve('ana', { step: 'approve/purge' })).toEqual(refused('approve/purge is not open'));
    const first = await rollout.request('ana', { type: 'approve' });
    expect(await client.decide(rollout.id, first)).toEqual({ accepted: true, reason: '1 more needed' });
    // The same decision again counts once, and so does another of the same person.
    await temporal.workflow.getHandle(rollout.id).signal('decide', first);
    expect(await client.decide(rollout.id, first)).toEqual({ accepted: true, reason: '1 more needed' });
    expect(await approve('ana')).toEqual(refused('ana has approved already; 2 different people'));
    expect(await rollout.signal('carl', { type: 'approve' })).toMatchObject({
      by: 'carl',
      evidence: { accepted: false },
    });

    const { gate } = await rollout.status();
    expect(gate?.approvals.map(({ by }) => by)).toEqual(['ana']);
    const decisions = eventsOf(await rollout.journal(), 'decision');
    expect(decisions.map(({ by, evidence }) => [by, evidence?.['accepted']])).toEqual([
      ['mallory', false],
      ['carl', false],
      ['carl', false],
      ['ana', false],
      ['ana', false],
      ['ana', false],
      ['ana', true],
      ['ana', false],
      ['carl', false],
    ]);
    await expectOverAfter(rollout, () => rollout.decide('ben', { type: 'reject' }));
  }),
);

/** Once it has ended, a decision is refused by whatever way it comes. */
async function expectOverAfter(rollout: TestRollout, end: () => Promise<unknown>): Promise<void> {
  const late = await rollout.request('ana', { type: 'approve' });
  await end();
  const { journal } = await rollout.ended();
  // The outcome is asked for, which a busy machine may not answer in time.
  await eventually(() =>
    expect(rollout.decide('ana', { type: 'approve', ...bound(late) })).rejects.toThrow(
      /is over: rolled-back .*nothing can be decided any more/,
    ),
  );
  await expect(rollout.signal('ana', { type: 'approve', ...bound(late) })).rejects.toThrow(
    WorkflowNotFoundError,
  );
  expect(await rollout.journal()).toEqual(journal);
}

function bound(request: object): { step: string; epoch: number } {
  return request as { step: string; epoch: number };
}

it.concurrent('answers decisions while a cancelled rollout rolls back, and finishes the rollback', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({ canaryFor: '1m', drain: '5s' });
    await rollout.waitForWatch('watch/canary-25');
    await environment.temporal.workflow.getHandle(rollout.id).cancel();
    await rollout.waitFor('rolling back', ({ status }) => status === 'unwinding');
    const refused = 'the rollout is already rolling back (it is unwinding; possible now: halt)';

    expect(await rollout.signal('ana', { type: 'abort' })).toMatchObject({
      by: 'ana',
      reason: `abort: refused, ${refused}`,
    });
    expect(await rollout.decide('ana', { type: 'abort' })).toEqual({ accepted: false, reason: refused });
    const ended = await rollout.ended();
    expect(ended).toMatchObject({ closed: 'CANCELLED', outcome: { type: 'rolled-back', cancelled: true } });
    expect(eventsOf(ended.journal, 'verified')).toHaveLength(2);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('refuses a misspelt choice instead of taking it for another', () =>
  inEnvironment({}, async ({ start, temporal }) => {
    const rollout = await start(unexposed);
    await rollout.waitForGate('approve/go');
    const handle = temporal.workflow.getHandle(rollout.id);
    const request = { id: 'x', by: 'ana', type: 'answer', choice: 'rollback' };
    await expect(handle.executeUpdate('decide', { args: [request] })).rejects.toMatchObject({
      cause: { message: 'decide.choice: must be "wait" or "roll-back"; it is "rollback"' },
    });
    await rollout.decide('ana', { type: 'abort' });
    await rollout.ended();
  }),
);
