import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLocksActivities } from '../../activities/locks/locks-activities.js';
import { createLookAt } from '../../activities/sentinel/look-at.js';
import { openRecords } from '../../activities/records/records.js';
import { createSentinelActivities } from '../../activities/sentinel/sentinel-activities.js';
import { exporterOf } from '../../apps/worker/export-journal.js';
import { framed } from '../../apps/worker/framed.js';
import { createVerbs } from '../../apps/worker/perform-verbs.js';
import { bundleWorkflows } from '../../apps/worker/workflow-bundle.js';
import { workerSettings } from '../../apps/worker/worker-settings.js';
import { environment, sourceNames } from '../plans.js';
import type { Samples } from './samples.js';
import type { World } from './world.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

/** A worker with the real workflows, sentinel, locks and verbs; what they touch is in memory. */
export async function createBenchWorker(options: {
  readonly address: string;
  /** Url of the evidence's database. */
  readonly records: string;
  /** How many workflows stay in memory between their tasks. */
  readonly cached: number;
  /** Whether journals are kept in the records, and not only where the engine has them. */
  readonly journal: boolean;
  readonly world: World;
  readonly samples: Samples;
}): Promise<Worker> {
  const { address, records, cached, journal, world, samples } = options;
  const logger = new DefaultLogger('WARN');
  Runtime.install({ logger, shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const kept = openRecords(records);
  const place = { client: new Client({ connection }), environment, taskQueue: taskQueueOf(environment) };
  const verbs = createVerbs([world.adapter], world.captures);
  const sentinel = createSentinelActivities({
    ...place,
    lookAt: createLookAt([world.adapter]),
    evidence: samples.watching(kept.evidence),
    sources: Object.fromEntries(sourceNames.map((name) => [name, world.source(name)])),
  });
  const nothing = () => Promise.resolve(null);
  return Worker.create({
    ...workerSettings,
    connection,
    taskQueue: taskQueueOf(environment),
    workflowBundle: await bundleWorkflows(fileURLToPath(new URL('../workflows', import.meta.url))),
    maxCachedWorkflows: cached,
    activities: framed({
      ...verbs,
      ...sentinel,
      ...createLocksActivities({ ...place, records: kept, verify: verbs.verify }),
      notify: nothing,
      exportJournal: journal ? exporterOf(kept.journal, place.client) : nothing,
      authorise: ({ requests }: { readonly requests: readonly unknown[] }) =>
        Promise.resolve(requests.map(() => ({ principal: { name: 'ana', groups: ['bench'] } }))),
    }),
  });
}
