import type { TestProject } from 'vitest/node';
import { newerTemporalCli } from '../support/second-server.js';
import { serveTemporal } from './serve-temporal.js';

/** A Temporal server that can pause a workflow, whatever `npm test` runs on. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  return serveTemporal(project, await newerTemporalCli((line) => process.stderr.write(`${line}\n`)));
}
