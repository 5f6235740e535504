import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startTemporal } from '../../apps/local/temporal-server.js';
import { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { workflowPause } from '../support/second-server.js';
import '../support/servers.js';
import { interrupt, onSuddenEnd } from '../support/sudden-end.js';

/** Serves Temporal by this CLI to the tests of a project, until what it answers is called. */
export async function serveTemporal(project: TestProject, executable: string): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-other-'));
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
