import { expect, it } from 'vitest';
import { backfillsOf, backfillStep, untilHalfWay, withBatchesOf } from '../support/rollouts/backfill.js';
import {
  eventOf,
  eventsOf,
  eventually,
  type TestEnvironment,
  type TestRollout,
} from '../support/rollouts.js';
import { approveAll, customers, expectCompleted, inBareEnvironment } from '../support/whole-rollout.js';

/** The shape that the old names give, worked out without any code of ours. */
async function expectedNames({ database }: TestEnvironment): Promise<string> {
  const [row] = await database.query<{ names: string }>(
    `select md5(string_agg(concat_ws('|', id, split_part(full_name, ' ', 1),
        regexp_replace(full_name, '^\\S+ ', ''), email, region), e'\\n' order by id)) as names from shop.customer`,
  );
  return row?.names ?? '';
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
    const watchFor = 8_000;
    const rollout = await environment.start({ canaryFor: `${watchFor}ms` });
    const { watch } = await rollout.waitForWatch('watch/canary-25');
    const since = watch?.since ?? 0;
    const readings = () => readingsOf(environment, rollout, since, Date.now());
    await eventually(async () => expect((await readings()).length).toBeGreaterThan(2));
    await doomed.kill();
    // Longer than evidence may be old: nobody can take what is missing for a sample that came late.
    await eventually(async () => expect(Date.now() - (await readings()).at(-1)!).toBeGreaterThan(2_000));
    await environment.work();
    const ended = await approveAll(rollout);

    await expectCompleted(environment, rollout, ended);
    const passed = eventOf(ended.journal, 'watch-passed', 'watch/canary-25');
    const gap = await longestGap(environment, rollout, since, passed.at);
    expect(gap).toBeGreaterThan(2_000);
    expect(passed.at - since).toBeGreaterThanOrEqual(watchFor + gap);
    // Who comes before the watch was to end finds what is old and holds; who comes later finds that it is not whole.
    const noticed = ended.journal.filter(({ type }) => type === 'watch-extended' || type === 'hold');
    expect(noticed).not.toEqual([]);
    expect(await environment.database.names()).toBe(names);
  }),
);

/** When one guard was read in a window. */
async function readingsOf({ records }: TestEnvironment, { id }: TestRollout, from: number, to: number) {
  const readings = (await records.evidence.window(id, from, to)).filter(({ guard }) => guard === 'errors');
  return readings.map(({ at }) => at);
}

/** The longest time between two readings of one guard in a window, in milliseconds. */
async function longestGap(environment: TestEnvironment, rollout: TestRollout, from: number, to: number) {
  const times = await readingsOf(environment, rollout, from, to);
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
}
