import { expect, it } from 'vitest';
import { startLocks } from '../../activities/temporal/start-locks.js';
import { migrateRecords } from '../../activities/records/migrations/migrate.js';
import { markedWorkers } from '../../activities/temporal/worker-identity.js';
import { tellOfOtherRecords } from '../../apps/worker/other-records.js';
import { locksNames } from '../../src/protocol/locks.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import { eventually, openEnvironment } from '../support/rollouts.js';

const strange = { buildId: 'strange', workflows: new URL('../support/builds/strange', import.meta.url) };

it('a worker calls someone when the locks are broken, and the doctor finds it', async () => {
  const environment = await openEnvironment();
  const { name, temporal, told } = environment;
  try {
    const worker = await environment.workAs(strange);
    const locks = await temporal.workflow.start(locksNames.workflow, startLocks(name, taskQueueOf(name)));
    await eventually(() => locks.query(locksNames.table));
    await worker.stop();
    await environment.workAs({ buildId: 'today' });
    await locks.signal(locksNames.release, { rollout: 'nobody', askedAt: 1 });
    await eventually(() =>
      expect(told.join('\n')).toMatch(
        new RegExp(
          `INCIDENT +locks/${name} is broken, its history does not replay: no rollout can start[^]*` +
            `switchback repair locks --env ${name}[^]*switchback doctor --env ${name}`,
        ),
      ),
    );
    expect(told.join('\n').match(/is broken/g)).toHaveLength(1);
  } finally {
    await environment.close();
  }
});

it('a worker says which others keep other records', async () => {
  const environment = await openEnvironment();
  const { name, temporal, records } = environment;
  try {
    await environment.workAs({ buildId: 'one' });
    const service = { workflowService: temporal.workflowService, namespace: 'default' };
    const { applied, mark } = await migrateRecords(records.url, { environment: name, kind: 'local' });
    expect(applied).toEqual([]);
    await eventually(async () => {
      const [worker] = await markedWorkers(service, name);
      expect(worker?.mark).toBe(mark);
    });

    const told: string[] = [];
    const tell = (text: string) => void told.push(text);
    const about = { service, environment: name, place: 'elsewhere', tell };
    await tellOfOtherRecords({ ...about, mark });
    expect(told).toEqual([]);
    await tellOfOtherRecords({ ...about, mark: 'another' });
    expect(told).toEqual([
      expect.stringMatching(
        new RegExp(`keeps its records at elsewhere, and other workers of ${name} keep others: \\d+@`),
      ),
    ]);
  } finally {
    await environment.close();
  }
});
