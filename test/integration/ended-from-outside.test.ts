import { expect, it } from 'vitest';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { unpack } from '../../src/environment/sentinel/packed.js';
import {
  sentinelId,
  sentinelNames,
  type OrphanReport,
  type RosterPage,
} from '../../src/protocol/sentinel.js';
import { locksId, locksNames, type LockTable } from '../../src/protocol/locks.js';
import { switchback } from '../apps/cli/console.js';
import { flagOnly } from '../support/rollouts/plans.js';
import { temporalCli } from '../support/rollouts/temporal-cli.js';
import {
  eventsOf,
  eventually,
  inEnvironment,
  lookAtWorld,
  type TestEnvironment,
} from '../support/rollouts.js';

const sentinelOf = ({ temporal, name }: TestEnvironment) => temporal.workflow.getHandle(sentinelId(name));
const orphansOf = (environment: TestEnvironment) =>
  sentinelOf(environment).query<readonly OrphanReport[]>(sentinelNames.orphans);
const watchedOf = async (environment: TestEnvironment) =>
  unpack((await sentinelOf(environment).query<RosterPage, [number]>(sentinelNames.roster, 0)).watched).map(
    ({ rollout }) => rollout,
  );

it.concurrent(
  'terminated while exposed: the sentinel finds the orphan, the lock says so, and a rescue ends both',
  () =>
    inEnvironment({}, async (environment) => {
      const { name, client, told } = environment;
      const before = await lookAtWorld(environment);
      const call = (...args: string[]) => switchback([...args, '--address', client.address, '-o', 'json']);
      const rollout = await environment.start({ canaryFor: '5m' });
      await rollout.waitForWatch('watch/canary-25');
      await temporalCli('workflow', 'terminate', '--workflow-id', rollout.id, '--reason', 'slipped');

      const incident = new RegExp(
        `INCIDENT.*${rollout.id} in ${name} is an orphan: .*terminated.*up to 25 %.*switchback rescue`,
      );
      await eventually(() => expect(told).toContainEqual(expect.stringMatching(incident)));
      expect(await orphansOf(environment)).toMatchObject([{ rollout: rollout.id, percent: 25 }]);
      expect(environment.percent()).toBe(25);
      // It does not know that it was ended: nothing of what it would say of itself is told.
      expect((await call('why', rollout.id)).json()).toMatchObject({
        fromOutside: 'terminated',
        waitingFor: expect.stringContaining('a rescue'),
        clears: `switchback rescue ${rollout.id}`,
        next: 'nothing by itself: 25 % were exposed at its end',
        possible: [],
      });
      const shown = await switchback(['status', rollout.id, '--address', client.address]);
      expect(shown.stdout).toMatch(/● terminated/);
      expect(shown.stdout).not.toMatch(/watching|switchback abort|left yet/);
      expect(shown.stdout).toContain(`switchback rescue ${rollout.id} --as NAME --reason TEXT`);
      const held = { holders: [{ rollout: rollout.id, orphaned: 'terminated' }], waiting: [] };
      await eventually(async () => expect((await call('locks', '--env', name)).json()).toMatchObject(held));

      const rescued = await call(
        'rescue',
        rollout.id,
        '--as',
        'ana',
        '--reason',
        'it was terminated',
        '--detach',
      );
      expect([rescued.code, rescued.stderr]).toEqual([0, '']);
      const rescue = await environment.follow(rescued.json<{ rollout: string }>().rollout);
      const { outcome, journal } = await rescue.ended();
      expect(outcome).toMatchObject({
        type: 'rolled-back',
        reason: `ana takes ${rollout.id} back: it was terminated`,
      });
      expect(eventsOf(journal, 'verified')).toHaveLength(2);
      expect(await lookAtWorld(environment)).toEqual(before);
      await eventually(async () => expect(await orphansOf(environment)).toEqual([]));
      await eventually(async () => expect(await watchedOf(environment)).toEqual([]));
      expect((await call('locks', '--env', name)).json()).toMatchObject({ holders: [], waiting: [] });
    }),
);

it.concurrent('terminated while another waits for its lock: found by who watches, and called out once', () =>
  inEnvironment({}, async (environment) => {
    const { name, temporal, told } = environment;
    const locks = temporal.workflow.getHandle(locksId(name));
    const rollout = await environment.start({ canaryFor: '5m' }, flagOnly);
    await rollout.waitForWatch('watch/canary-25');
    await temporalCli('workflow', 'terminate', '--workflow-id', rollout.id, '--reason', 'slipped');
    // Whoever stands in line has the locks look who is in the way, at once.
    const waiting = await environment.start({ canaryFor: '5m' }, flagOnly);

    await eventually(async () =>
      expect(await orphansOf(environment)).toMatchObject([{ rollout: rollout.id, told: true }]),
    );
    await eventually(async () =>
      expect((await locks.query<LockTable>(locksNames.table)).holders).toMatchObject([
        { rollout: rollout.id, orphaned: { reason: 'terminated' } },
      ]),
    );
    await waiting.waitFor('who is in its way', ({ status }) => status === 'queued');
    const called = told.filter((text) => text.startsWith('INCIDENT') && text.includes(rollout.id));
    expect(called).toEqual([expect.stringContaining('is an orphan')]);
    // Nothing of it is on its way either.
    const { events } = await locks.fetchHistory();
    const tasks = (events ?? []).map(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
    );
    expect(tasks).toContain('findEndings');
    expect(tasks).not.toContain('notify');
    await waiting.decide('ana', { type: 'abort' });
    await waiting.ended();
  }),
);

/** Every capture of the environment, as it stands in the records. */
async function capturesOf({ records }: TestEnvironment): Promise<string[]> {
  const rows = await records.query('SELECT * FROM switchback.captures ORDER BY rollout, target');
  return rows.map((row) => JSON.stringify(row));
}

/** The workflow task after which a rollout began the activity `verb` of the step. */
async function taskBefore({ temporal }: TestEnvironment, rollout: string, summary: string): Promise<string> {
  const { events } = await temporal.workflow.getHandle(rollout).fetchHistory();
  const scheduled = events?.find(({ userMetadata }) =>
    Buffer.from(userMetadata?.summary?.data ?? [])
      .toString()
      .includes(summary),
  );
  const task = scheduled?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId;
  if (!task) throw new Error(`${rollout} has not begun "${summary}"`);
  return String(task);
}

it.concurrent.each([
  ['its beginning', undefined],
  ['the moment before its first act', 'apply add-columns/shop.customer'],
  ['the moment before somebody was exposed', 'apply expose/'],
])(
  'reset to %s while exposed: exposure goes back, nothing is captured anew or done twice, and it ends whole',
  (_, summary) =>
    inEnvironment({}, async (environment) => {
      const { database, told } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '6s' });
      await rollout.waitForWatch('watch/canary-25');
      const captured = await capturesOf(environment);
      expect(captured).toHaveLength(2);
      const captures = (journal: readonly JournalEvent[]) =>
        eventsOf(journal, 'captured')
          .map(({ evidence }) => JSON.stringify(evidence))
          .sort();
      const first = captures(await rollout.journal());
      const effects = () =>
        database.query(`select count(*)::int as n from switchback.ledger where verb = 'apply' and effect`);
      const applied = await effects();
      const done = await rollout.journal();
      await eventually(async () => expect(await rollout.exported()).toHaveLength(done.length));

      const to =
        summary === undefined
          ? ['--type', 'FirstWorkflowTask']
          : ['--event-id', await taskBefore(environment, rollout.id, summary)];
      await temporalCli('workflow', 'reset', '--workflow-id', rollout.id, ...to, '--reason', 'slipped');
      await eventually(async () => expect(eventsOf(await rollout.journal(), 'retreated')).toHaveLength(1));
      expect(told).toContainEqual(expect.stringMatching(/INCIDENT.*exposure goes back to zero.*was reset/));
      await rollout.waitForWatch('watch/canary-25');
      expect(environment.percent()).toBe(25);
      // The run that was left is no rollout of its own, and makes no name mean two.
      expect(await environment.client.find(rollout.id.split('/').at(-1)!)).toBe(rollout.id);
      const listed = await environment.client.list({ environment: environment.name, all: true });
      expect(listed.map((one) => one.rollout)).toEqual([rollout.id]);
      // A machine that is busy for seconds makes it hold: that is no other state than was asked for here.
      expect(['watching', 'holding']).toContain(listed[0]?.status);
      expect(await capturesOf(environment)).toEqual(captured);
      const again = await rollout.journal();
      expect(captures(again)).toEqual(first);
      expect(eventsOf(again, 'reset')).toHaveLength(1);
      expect(await effects()).toEqual(applied);

      await rollout.waitForGate('approve/go');
      await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
      const { outcome, closed, journal } = await rollout.ended();
      expect([outcome.type, closed]).toEqual(['rolled-back', 'COMPLETED']);
      expect(eventsOf(journal, 'drift')).toEqual([]);
      // What the first run did stands in the record, too.
      expect(await rollout.verifyExported()).toMatchObject({ ok: true });
      const since = journal.slice(journal.findIndex(({ type }) => type === 'reset'));
      const exported = (await rollout.exported()).map(({ event }) => event);
      expect(exported.slice(-since.length)).toEqual(since);
      expect(exported.slice(0, done.length)).toEqual(done);
      expect(await lookAtWorld(environment)).toEqual(before);
      expect((await environment.client.locks.read(environment.name)).holders).toEqual([]);
    }),
);

it.concurrent(
  'reset while exposed, in an environment that is stopped: exposure goes back, and it stays paused',
  () =>
    inEnvironment({}, async (environment) => {
      const { name, client } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '5m' });
      await rollout.waitForWatch('watch/canary-25');
      const stop = [
        'stop',
        '--env',
        name,
        '--as',
        'ana',
        '--reason',
        'an outage',
        '--address',
        client.address,
      ];
      expect((await switchback(stop)).code).toBe(0);
      const what = ['--workflow-id', rollout.id, '--type', 'FirstWorkflowTask', '--reason', 'slipped'];
      await temporalCli('workflow', 'reset', ...what);
      await eventually(async () => expect(eventsOf(await rollout.journal(), 'retreated')).toHaveLength(1));
      await eventually(async () => expect((await client.status(rollout.id)).status).toBe('paused'));
      expect(environment.percent()).toBe(0);
      const abort = [
        'abort',
        rollout.id,
        '--as',
        'ana',
        '--reason',
        'not today',
        '--address',
        client.address,
      ];
      expect((await switchback(abort)).code).toBe(0);
      expect((await rollout.ended()).outcome.type).toBe('rolled-back');
      expect(await lookAtWorld(environment)).toEqual(before);
    }),
);

it.concurrent('reset after it had ended: it says so, and changes nothing', () =>
  inEnvironment({}, async (environment) => {
    const rollout = await environment.start({ canaryFor: '1s' });
    await rollout.waitForGate('approve/go');
    await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
    await rollout.ended();
    const after = await lookAtWorld(environment);
    const what = ['--workflow-id', rollout.id, '--type', 'FirstWorkflowTask', '--reason', 'slipped'];
    await temporalCli('workflow', 'reset', ...what);
    const again = await environment.follow(rollout.id);
    const { outcome } = await again.ended();
    expect(outcome).toMatchObject({ type: 'halted', reason: expect.stringContaining('it had ended') });
    expect(await lookAtWorld(environment)).toEqual(after);
    expect((await environment.client.locks.read(environment.name)).holders).toEqual([]);
  }),
);

it.concurrent(
  'reset while exposed, and not fit to go on: what it had done is taken back, not forgotten',
  () =>
    inEnvironment({}, async (environment) => {
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '5m', preflightWithin: '15s' });
      await rollout.waitForWatch('watch/canary-25');
      environment.shop.baselineFailing = 0.5;
      const what = ['--workflow-id', rollout.id, '--type', 'FirstWorkflowTask', '--reason', 'slipped'];
      await temporalCli('workflow', 'reset', ...what);
      const { outcome } = await rollout.ended();

      expect(outcome).toMatchObject({
        type: 'rolled-back',
        reason: expect.stringMatching(/^the guards did not give leave to expose anyone: errors: fail/),
        unconfirmed: true,
      });
      expect(await lookAtWorld(environment)).toEqual(before);
    }),
);
