import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unpack } from '../../src/analysis/packed.js';
import {
  sentinelId,
  sentinelNames,
  type OrphanReport,
  type RosterPage,
} from '../../src/analysis/sentinel.js';
import { switchback } from '../app/cli/console.js';
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

/** Every capture of the environment, as it stands in the records. */
async function capturesOf({ records }: TestEnvironment): Promise<string[]> {
  const below = join(records, 'captures');
  const files = await readdir(below, { recursive: true, withFileTypes: true });
  return Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
  );
}

it.concurrent(
  'reset to its beginning while exposed: it captures nothing anew, does nothing twice, and ends whole',
  () =>
    inEnvironment({}, async (environment) => {
      const { database } = environment;
      const before = await lookAtWorld(environment);
      const rollout = await environment.start({ canaryFor: '6s' });
      await rollout.waitForWatch('watch/canary-25');
      const captured = await capturesOf(environment);
      expect(captured).toHaveLength(2);
      const first = eventsOf(await rollout.journal(), 'captured').map(({ evidence }) => evidence);
      const [ledger] = await database.query('select count(*)::int as rows from switchback.ledger');

      const what = ['--workflow-id', rollout.id, '--type', 'FirstWorkflowTask', '--reason', 'slipped'];
      await temporalCli('workflow', 'reset', ...what);
      await rollout.waitForWatch('watch/canary-25');
      expect(environment.percent()).toBe(25);
      expect(await capturesOf(environment)).toEqual(captured);
      const again = await rollout.journal();
      expect(eventsOf(again, 'captured').map(({ evidence }) => evidence)).toEqual(first);
      expect(await database.query('select count(*)::int as rows from switchback.ledger')).toEqual([ledger]);

      await rollout.waitForGate('approve/go');
      await rollout.decideAt('approve/go', 'ana', { type: 'reject' });
      const { outcome, closed, journal } = await rollout.ended();
      expect([outcome.type, closed]).toEqual(['rolled-back', 'COMPLETED']);
      expect(eventsOf(journal, 'drift')).toEqual([]);
      // What the first run did stands in the record, too.
      expect(await rollout.verifyExported()).toMatchObject({ ok: true });
      expect((await rollout.exported()).map(({ event }) => event).slice(-journal.length)).toEqual(journal);
      expect((await rollout.exported()).length).toBeGreaterThan(journal.length);
      expect(await lookAtWorld(environment)).toEqual(before);
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
