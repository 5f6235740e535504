import type { TestProject } from 'vitest/node';
import { otherTemporalCli } from '../support/second-server.js';
import { serveTemporal } from './serve-temporal.js';

/** A Temporal server of another version than the one that `npm test` runs on, for the whole run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  return serveTemporal(project, await otherTemporalCli((line) => process.stderr.write(`${line}\n`)));
}
