import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createEvidenceStore } from '../../activities/records/evidence.js';
import { phases } from '../../src/engine/plan.js';
import { evidenceSignal } from '../../workflows/protocol.js';
import { backfillsOf, backfillStep, untilHalfWay, withBatchesOf } from '../support/rollouts/backfill.js';
import {
  eventOf,
  eventsOf,
  openEnvironment,
  type Ended,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';

const customers = 8_000;

/** Carries a rollout over its two gates to the end. */
async function approveAll(rollout: TestRollout): Promise<Ended> {
  await rollout.pass('approve/go', { ana: 'update', ben: 'signal' });
  await rollout.pass('approve/purge', { ben: 'update' });
  return rollout.ended();
}

/** The plan was carried out once, all of it, and the journal says so without a gap. */
async function expectCompleted(environment: TestEnvironment, rollout: TestRollout, ended: Ended) {
  const { outcome, journal, closed } = ended;
  expect(outcome).toEqual({ type: 'completed', reason: 'every step is done and verified' });
  expect(closed).toBe('COMPLETED');
  expect(eventsOf(journal, 'phase-entered').map(({ reason }) => reason)).toEqual(phases);
  expect(journal.map(({ number }) => number)).toEqual(journal.map((_, index) => index + 1));
  expect((await rollout.exported()).map(({ event }) => event)).toEqual(journal);
  const started = eventsOf(journal, 'act-started').map(({ step }) => step);
  expect(new Set(started).size).toBe(started.length);
  expect(eventsOf(journal, 'act-done').map(({ step }) => step)).toEqual(started);
  expect(eventOf(journal, 'gate-passed', 'approve/go').reason).toBe('approved by ana, ben');
  expect(eventOf(journal, 'no-return')).toMatchObject({ phase: 'contract', step: 'purge/shop.customer' });

  expect(environment.percent()).toBe(100);
  const catalogue = await environment.database.catalogue();
  expect(catalogue).not.toMatch(/full_name|switchback/);
  expect(catalogue).toMatch(/first_name[^]*last_name/);
}

/** The shape that the old names give, worked out without any code of ours. */
async function expectedNames({ database }: TestEnvironment): Promise<string> {
  const [row] = await database.query<{ names: string }>(
    `select md5(string_agg(concat_ws('|', id, split_part(full_name, ' ', 1),
        regexp_replace(full_name, '^\\S+ ', ''), email, region), e'\\n' order by id)) as names from shop.customer`,
  );
  return row?.names ?? '';
}

async function inBareEnvironment(body: (environment: TestEnvironment) => Promise<void>): Promise<void> {
  const environment = await openEnvironment({ customers });
  try {
    await body(environment);
  } finally {
    await environment.close();
  }
}

it.concurrent('two people approve, one by Update and one by Signal, and it completes', () =>
  inBareEnvironment(async (environment) => {
    const names = await expectedNames(environment);
    await environment.work();
    const rollout = await environment.start({ canary: [5, 25] });
    const ended = await approveAll(rollout);

    await expectCompleted(environment, rollout, ended);
    const accepted = eventsOf(ended.journal, 'decision', 'approve/go').filter(
      ({ evidence }) => evidence?.['accepted'] === true,
    );
    expect(accepted.slice(-2).map(({ by, reason }) => [by, reason])).toEqual([
      ['ana', 'approve: accepted, 1 more needed'],
      ['ben', 'approve: accepted, the gate opens'],
    ]);
    expect(await environment.database.names()).toBe(names);
  }),
);

it.concurrent('kill -9 in the middle of the backfill: another worker goes on where it was', () =>
  inBareEnvironment(async (environment) => {
    const { database } = environment;
    const names = await expectedNames(environment);
    const doomed = await environment.work('elsewhere');
    const rollout = await environment.start({}, withBatchesOf(20));
    await untilHalfWay(database, rollout.id);
    await doomed.kill();
    const [killed] = await backfillsOf(database, rollout.id);
    expect(killed).toMatchObject({ state: 'running', epoch: 0 });
    await environment.work();
    const ended = await approveAll(rollout);

    await expectCompleted(environment, rollout, ended);
    // One try of the step in two attempts: every row was written once.
    expect(await backfillsOf(database, rollout.id)).toEqual([
      { state: 'done', epoch: 0, rows: customers, batches: expect.any(Number) },
    ]);
    expect(eventOf(ended.journal, 'act-done', backfillStep)).toMatchObject({
      epoch: 0,
      evidence: { rows: customers, merged: 0 },
    });
    expect(await database.names()).toBe(names);
  }),
);

it.concurrent('kill -9 in the middle of a watch: the time without a watcher does not count', () =>
  inBareEnvironment(async (environment) => {
    const names = await expectedNames(environment);
    const doomed = await environment.work('elsewhere');
    const watchFor = 6_000;
    const rollout = await environment.start({ canaryFor: `${watchFor}ms` });
    const { watch } = await rollout.waitForWatch('watch/canary-25');
    await sleep(1_500);
    await doomed.kill();
    const killedAt = Date.now();
    await sleep(2_000);
    await environment.work();
    const ended = await approveAll(rollout);

    await expectCompleted(environment, rollout, ended);
    const passed = eventOf(ended.journal, 'watch-passed', 'watch/canary-25');
    const since = watch?.since ?? 0;
    const gap = await longestGap(environment, rollout, since, passed.at);
    expect(killedAt - since).toBeLessThan(watchFor);
    expect(gap).toBeGreaterThan(2_000);
    expect(passed.at - since).toBeGreaterThanOrEqual(watchFor + gap);
    expect(eventsOf(ended.journal, 'watch-extended', 'watch/canary-25')[0]).toMatchObject({
      evidence: { ofMs: watchFor },
    });
    expect(await environment.database.names()).toBe(names);
  }),
);

// A query that waits for a worker is answered from a history without the workflow task that its newest events wait for.
for (const meanwhile of ['the deadline that passes', 'a reading before the deadline that passes'])
  it(`somebody asks for the status while no worker lives: ${meanwhile} meanwhile still replays`, () =>
    inBareEnvironment(async (environment) => {
      const [doomed, run] = await Promise.all([environment.work('elsewhere'), environment.prepare()]);
      const rollout = await environment.start({ canaryFor: '5s' });
      const { watch } = await rollout.waitForWatch('watch/canary-25');
      const endsAt = watch?.endsAt ?? 0;
      await sleep(endsAt - 1_000 - Date.now());
      await doomed.kill();
      const asked = rollout.status();
      if (meanwhile.startsWith('a reading')) {
        await sleep(300);
        // Of another subscription: it changes nothing but makes the rollout look at its deadline anew.
        const reading = { subscription: -1, readings: [] };
        await environment.temporal.workflow.getHandle(rollout.id).signal(evidenceSignal, reading);
      }
      // Before the server takes the task back that it had meant for the dead worker.
      await sleep(endsAt + 300 - Date.now());
      run();
      expect((await asked).rollout).toBe(rollout.id);
      await expectCompleted(environment, rollout, await approveAll(rollout));
    }));

it('and a second deadline that passes meanwhile is as far for whoever replays it', () =>
  inBareEnvironment(async (environment) => {
    const [doomed, run] = await Promise.all([environment.work('elsewhere'), environment.prepare()]);
    // Evidence is late, not missing, until a look-back after the exposure: that ends soon after the watch.
    const rollout = await environment.start({ canaryFor: '5s', lookBack: '8s' });
    const { watch } = await rollout.waitForWatch('watch/canary-25');
    const endsAt = watch?.endsAt ?? 0;
    await sleep(endsAt - 300 - Date.now());
    await doomed.kill();
    // One of them waits when the worker comes back.
    const asked = [0, 300, 1_500, 2_500].map(async (after) => {
      await sleep(after);
      return rollout.waitFor('an answer', () => true);
    });
    await sleep(endsAt + 3_700 - Date.now());
    run();
    await Promise.all(asked);
    await expectCompleted(environment, rollout, await approveAll(rollout));
  }));

/** The longest time between two readings of one guard in a window, in milliseconds. */
async function longestGap(environment: TestEnvironment, rollout: TestRollout, from: number, to: number) {
  const evidence = createEvidenceStore(join(environment.records, 'evidence'));
  const readings = (await evidence.window(rollout.id, from, to)).filter(({ guard }) => guard === 'errors');
  return Math.max(...readings.slice(1).map(({ at }, index) => at - (readings[index]?.at ?? at)));
}
