import { expect, it } from 'vitest';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { locksId } from '../../src/protocol/locks.js';
import { bundled } from '../support/bundle.js';
import { openEnvironment } from '../support/rollouts.js';
import { replayHistory } from '../support/rollouts/replay-history.js';
import { runsOf } from '../support/rollouts/runs.js';
import { paths } from './paths.js';
import { scenarios } from './scenarios.js';

/** Where a worker takes turns that keeps one workflow: one that keeps nothing walks every path. */
const turns = ['completed', 'queued', 'reset', 'continue-as-new'] as const;
const walks = [...paths.map((path) => ({ path, kept: 0 })), ...turns.map((path) => ({ path, kept: 1 }))];

// One after the other: a worker that keeps nothing replays every history at every task, and is slow beside others.
it.each(walks)(
  '$path, by a worker that keeps $kept workflows in memory, replays',
  async ({ path, kept }) => {
    const { options, walk } = scenarios[path];
    const environment = await openEnvironment({ ...options, cached: kept });
    try {
      await environment.work();
      const { id } = await walk(environment);
      await environment.client.wait(id);
      const workflowBundle = await bundled();
      for (const workflow of [id, locksId(environment.name), sentinelId(environment.name)])
        for (const run of await runsOf(environment.temporal, workflow))
          await expect(replayHistory(workflowBundle, run, workflow), workflow).resolves.toBeUndefined();
    } finally {
      await environment.close();
    }
  },
  600_000,
);
