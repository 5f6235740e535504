import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createLocksActivities } from '../../activities/locks/create-locks-activities.js';
import { createRecords } from '../../activities/records/records.js';
import { createSentinelActivities } from '../../activities/sentinel/create-sentinel-activities.js';
import { taskQueueOf } from '../../src/app/config.js';
import { heartbeating } from '../../src/app/locks.js';
import { createVerbs } from '../../src/app/verbs.js';
import { bundleWorkflows } from '../../src/app/workflow-bundle.js';
import { workerSettings } from '../../src/app/worker-settings.js';
import { environment, sourceNames } from '../plans.js';
import type { Samples } from './samples.js';
import type { World } from './world.js';

/** A worker with the real workflows, sentinel, locks and verbs; what they touch is in memory. */
export async function createBenchWorker(options: {
  readonly address: string;
  /** Directory of the evidence. */
  readonly records: string;
  /** How many workflows stay in memory between their tasks. */
  readonly cached: number;
  readonly world: World;
  readonly samples: Samples;
}): Promise<Worker> {
  const { address, records, cached, world, samples } = options;
  const logger = new DefaultLogger('WARN');
  Runtime.install({ logger, shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const kept = createRecords(records);
  const place = { client: new Client({ connection }), environment, taskQueue: taskQueueOf(environment) };
  const verbs = createVerbs([world.adapter], world.captures);
  const sentinel = createSentinelActivities({
    ...place,
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
    activities: {
      ...verbs,
      ...sentinel,
      ...heartbeating(createLocksActivities({ ...place, records: kept, verify: verbs.verify })),
      notify: nothing,
      exportJournal: nothing,
      authorise: () => Promise.resolve({ principal: { name: 'ana', groups: ['bench'] } }),
    },
  });
}
