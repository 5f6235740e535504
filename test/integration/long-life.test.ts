import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { sentinelId, sentinelNames, type RosterPage } from '../../src/protocol/sentinel.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import {
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  openEnvironment,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';
import { chatter, untilRuns, type Sent } from '../support/rollouts/chatter.js';
import { runsOf } from '../support/rollouts/runs.js';

/** A run has so many events, and then the next goes on as soon as nothing is under way. */
const renewing = { continueAfter: 20 };
/** Nobody is exposed: no hold comes between. */
const unexposed = { canary: [] };

/** Everything that was decided stands in the journal once, and was answered as it stands there. */
async function expectEachOnce(rollout: TestRollout, sent: readonly Sent[]): Promise<void> {
  // A signal has no answer: the last may have come when all was over, of which no journal tells.
  const last = sent.findLast(({ answer }) => answer === undefined);
  const told = sent.filter((one) => one !== last).map(({ request }) => request.id);
  const decisions = await eventually(async () => {
    const found = eventsOf(await rollout.journal(), 'decision');
    expect(found.map(({ evidence }) => evidence?.['id'])).toEqual(expect.arrayContaining(told));
    return found;
  });
  const ids = decisions.map(({ evidence }) => evidence?.['id']);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { request, answer } of sent) {
    if (!answer) continue;
    const { reason } = decisions.find(({ evidence }) => evidence?.['id'] === request.id)!;
    expect(reason).toContain(answer.reason);
  }
}

it.concurrent('completes over many runs as in one: approvals of different runs count, and each once', () =>
  inEnvironment({}, async (environment) => {
    const { start, client, temporal, name } = environment;
    const rollout = await start(unexposed, undefined, renewing);
    await rollout.waitForGate('approve/go');
    const approval = await rollout.request('ana', { type: 'approve' });
    expect(await client.decide(rollout.id, approval)).toEqual({ accepted: true, reason: '1 more needed' });

    const talk = chatter(environment, rollout);
    const pauses: Sent[] = [];
    for (const type of ['pause', 'resume', 'pause', 'resume'] as const) {
      await untilRuns(environment, rollout, (await runsOf(temporal, rollout.id)).length + 1);
      const request = { id: randomUUID(), by: 'ben', type } satisfies DecisionRequest;
      pauses.push({ request, answer: await client.decide(rollout.id, request) });
    }
    const sent = [...(await talk.stop()), ...pauses];
    expect(pauses.map(({ answer }) => answer?.accepted)).toEqual([true, true, true, true]);
    await expectEachOnce(rollout, sent);
    // Asked again in a later run, each has the answer it had.
    await untilRuns(environment, rollout, 6);
    for (const { request, answer } of [...sent.slice(0, 10), ...pauses]) {
      if (answer) expect(await client.decide(rollout.id, request)).toEqual(answer);
    }
    expect(await client.decide(rollout.id, approval)).toEqual({ accepted: true, reason: '1 more needed' });

    await rollout.decideAt('approve/go', 'ben', { type: 'approve' });
    await rollout.pass('approve/purge', { ana: 'update' });
    const { outcome, closed, journal } = await rollout.ended();
    expect(outcome.type).toBe('completed');
    expect(closed).toBe('COMPLETED');
    await expectEachOnce(rollout, sent);
    expect(journal.map(({ number }) => number)).toEqual(journal.map((_, index) => index + 1));
    expect(await rollout.verifyExported()).toMatchObject({ ok: true, entries: journal.length });
    expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);

    const runs = await runsOf(temporal, rollout.id);
    const [first] = runs;
    const startedAt = Number(first?.events?.[0]?.eventTime?.seconds) * 1_000;
    const listed = await client.list({ all: true, environment: name });
    expect(listed).toEqual([expect.objectContaining({ rollout: rollout.id, status: 'completed' })]);
    expect(Math.abs(listed[0]!.startedAt - startedAt)).toBeLessThanOrEqual(1_000);
    expect(await client.find(rollout.id.split('/').at(-1)!)).toBe(rollout.id);

    await inEnvironment({}, async (other) => {
      const whole = await other.start(unexposed);
      await whole.pass('approve/go', { ana: 'update', ben: 'update' });
      await whole.pass('approve/purge', { ana: 'update' });
      expect((await whole.ended()).outcome).toEqual(outcome);
      expect(await runsOf(other.temporal, whole.id)).toHaveLength(1);
      expect(await environment.database.catalogue()).toBe(await other.database.catalogue());
      expect(await environment.database.names()).toBe(await other.database.names());
      expect(await environment.flags()).toBe(await other.flags());
    });
  }),
);

it.concurrent(
  'with people exposed it is short to wake: a new run begins before a long rest, and goes back as the first would',
  () =>
    inEnvironment({}, async (environment) => {
      const { temporal } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ soakFor: '1h' });
      await rollout.waitForWatch('watch/soak');
      await untilRuns(environment, rollout, 2);
      const [first, second] = await runsOf(temporal, rollout.id);
      expect(first!.events!.length).toBeGreaterThan(60);
      expect(second!.events!.length).toBeLessThan(20);

      environment.shop.failing = 0.5;
      const { outcome, journal } = await rollout.ended();
      expect(outcome.type).toBe('rolled-back');
      expect(await runsOf(temporal, rollout.id)).toHaveLength(2);
      expect(eventsOf(journal, 'verified')).toHaveLength(2);
      expect(journal.map(({ number }) => number)).toEqual(journal.map((_, index) => index + 1));
      expect(await rollout.verifyExported()).toMatchObject({ ok: true, entries: journal.length });
      expect(await lookAtWorld(environment)).toEqual(before);
    }),
);

it.concurrent('nobody exposed, and it stays in its run, however long it rests', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start({ ...unexposed, decideWithin: '1h' });
    await rollout.waitForGate('approve/go');
    await rollout.decide('ana', { type: 'abort' });
    await rollout.ended();
    expect(await runsOf(environment.temporal, rollout.id)).toHaveLength(1);
  }),
);

it.concurrent(
  'each of the decisions that come without a pause is answered, whatever run begins meanwhile',
  () =>
    inEnvironment({}, async (environment) => {
      const { client, temporal } = environment;
      const rollout = await environment.start(unexposed, undefined, { continueAfter: 12 });
      await rollout.waitForGate('approve/go');
      const before = (await runsOf(temporal, rollout.id)).length;
      const sent: Sent[] = [];
      let renewed = false;
      const renewals = untilRuns(environment, rollout, before + 6).then(() => (renewed = true));
      while (!renewed) {
        const approval = { type: 'approve', step: 'approve/go', epoch: 0, digest: rollout.digest } as const;
        const request = { id: randomUUID(), by: 'carl', ...approval };
        sent.push({ request, answer: await client.decide(rollout.id, request) });
      }
      await renewals;
      await expectEachOnce(rollout, sent);
      await rollout.decide('ana', { type: 'abort' });
      const { journal } = await rollout.ended();
      expect(await rollout.verifyExported()).toMatchObject({ ok: true, entries: journal.length });
    }),
);

it.concurrent('every run shows in Temporal what the first one shows', () =>
  inEnvironment({}, async (environment) => {
    const { start, client, temporal } = environment;
    const rollout = await start(unexposed, undefined, renewing);
    await rollout.waitForGate('approve/go');
    const talk = chatter(environment, rollout);
    await untilRuns(environment, rollout, 3);
    await talk.stop();
    const handle = temporal.workflow.getHandle(rollout.id);
    const firstRun = (await handle.describe()).raw.workflowExecutionInfo?.firstRunId ?? '';
    const first = await temporal.workflow.getHandle(rollout.id, firstRun).describe();
    const summary = await first.staticSummary();
    const last = await handle.describe();
    expect(last.memo).toEqual({ summary, startedAt: first.startTime.toISOString() });
    expect((await client.describe(rollout.id)).startedAt).toBe(first.startTime.getTime());
    expect(await client.describe(rollout.id)).toMatchObject({
      runbook: 'split-customer-name',
      owner: 'team-checkout',
      status: 'waiting',
      phase: 'promote',
      waitingFor: 'team-checkout, sre',
    });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain(`${summary}\n\n**waiting**`);
    for (const { events } of await runsOf(temporal, rollout.id)) {
      const begun = events?.[0]?.workflowExecutionStartedEventAttributes;
      for (const limit of [begun?.workflowRunTimeout, begun?.workflowExecutionTimeout]) {
        expect(Number(limit?.seconds ?? 0)).toBe(0);
      }
    }
    await rollout.decide('ana', { type: 'abort' });
    expect(await client.wait(rollout.id)).toMatchObject({ type: 'rolled-back' });
    await rollout.ended();
  }),
);

/** What the sentinel knows of a rollout. */
async function subscriptionOf({ temporal, name }: TestEnvironment): Promise<unknown> {
  const sentinel = temporal.workflow.getHandle(sentinelId(name));
  return (await sentinel.query<RosterPage, [number]>(sentinelNames.roster, 0)).watched;
}

it.concurrent('a breach is heard after any number of runs, in which nothing was subscribed anew', () =>
  // Rollout, sentinel and locks push each other out of memory.
  inEnvironment({ cached: 1 }, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({ canaryFor: '5m' }, undefined, renewing);
    await rollout.waitForWatch('watch/canary-25');
    const subscribed = await subscriptionOf(environment);
    const talk = chatter(environment, rollout);
    await untilRuns(environment, rollout, 5);
    expect(await subscriptionOf(environment)).toEqual(subscribed);
    expect((await rollout.status()).readings).toHaveLength(3);
    environment.shop.failing = 0.5;
    const { outcome, closed, journal } = await rollout.ended();

    await expectEachOnce(rollout, await talk.stop());
    expect(outcome).toMatchObject({
      type: 'rolled-back',
      reason: expect.stringMatching(/guard errors failed/),
    });
    expect(closed).toBe('COMPLETED');
    expect(eventsOf(journal, 'breach')).toHaveLength(1);
    expect(eventsOf(journal, 'unwinding')).toHaveLength(1);
    expect(await rollout.verifyExported()).toMatchObject({ ok: true, entries: journal.length });
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('a cancel is heard in the midst of it, and closes the run that rolls back as cancelled', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const rollout = await environment.start({}, undefined, renewing);
    await rollout.waitForGate('approve/go');
    const talk = chatter(environment, rollout);
    await untilRuns(environment, rollout, 5);
    await environment.temporal.workflow.getHandle(rollout.id).cancel();
    const { outcome, closed } = await rollout.ended();

    await expectEachOnce(rollout, await talk.stop());
    expect(outcome).toMatchObject({ type: 'rolled-back', cancelled: true });
    expect(closed).toBe('CANCELLED');
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('a rollback that waits for an operator goes on in new runs, and ends when it is answered', () =>
  inEnvironment({}, async (environment) => {
    const before = await lookAtWorld(environment);
    const { database, client, temporal } = environment;
    const rollout = await environment.start(unexposed, undefined, renewing);
    await rollout.waitForGate('approve/go');
    await database.query('create view shop.dependent as select last_name from shop.customer');
    await rollout.decide('ana', { type: 'abort' });
    await rollout.waitFor('an undo that failed', ({ status }) => status === 'needs-operator');
    const talk = chatter(environment, rollout);
    await untilRuns(environment, rollout, (await runsOf(temporal, rollout.id)).length + 3);
    await database.query('drop view shop.dependent');
    const resolve = { id: randomUUID(), by: 'ana', type: 'resolve', choice: 'retry' } as const;
    expect(await client.decide(rollout.id, resolve)).toMatchObject({ accepted: true });
    const { outcome, journal } = await rollout.ended();

    await expectEachOnce(rollout, await talk.stop());
    expect(outcome).toMatchObject({ type: 'rolled-back', reason: 'ana aborted: decided in a test' });
    expect(eventsOf(journal, 'needs-operator')).toHaveLength(1);
    expect(await lookAtWorld(environment)).toEqual(before);
  }),
);

it.concurrent('a cancel that comes in the very task in which the next run is begun is not lost', async () => {
  const environment = await openEnvironment();
  try {
    const before = await lookAtWorld(environment);
    const worker = await environment.work();
    const rollout = await environment.start(unexposed, undefined, renewing);
    await rollout.waitForGate('approve/go');
    await untilRuns(environment, rollout, 2);
    await worker.stop();
    const handle = environment.temporal.workflow.getHandle(rollout.id);
    const runs = await runsOf(environment.temporal, rollout.id);
    // Readings of nothing: with them the history is full, and there is nothing to do but to go on in a new run.
    for (let n = 0; n < renewing.continueAfter; n++) {
      await handle.signal(sentinelNames.evidence, { subscription: -1, readings: [] });
    }
    await handle.cancel();
    await environment.work();
    const { outcome, closed } = await rollout.ended();

    expect(outcome).toMatchObject({ type: 'rolled-back', cancelled: true });
    expect(closed).toBe('CANCELLED');
    expect(await runsOf(environment.temporal, rollout.id)).toHaveLength(runs.length);
    expect(await lookAtWorld(environment)).toEqual(before);
  } finally {
    await environment.close();
  }
});
