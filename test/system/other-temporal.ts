import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startTemporal } from '../../apps/local/temporal-server.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { otherTemporalCli, workflowPause } from '../support/second-server.js';
import '../support/servers.js';
import { interrupt, onSuddenEnd } from '../support/sudden-end.js';

/** A Temporal server of another version than the one that `npm test` runs on, for the whole run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-other-'));
  const executable = await otherTemporalCli((line) => process.stderr.write(`${line}\n`));
  const server = await startTemporal({ executable, dir, searchAttributes, dynamicConfig: [workflowPause] });
  const release = onSuddenEnd(() => interrupt(server.pid));
  project.provide('temporalCli', executable);
  project.provide('temporalAddress', server.address);
  return async () => {
    await server.stop();
    release();
    await rm(dir, { recursive: true, force: true });
  };
}
