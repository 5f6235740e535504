import { resolve } from 'node:path';
import { environmentOfLocks, partsOf } from '../client/rollout-id.js';
import { defaultConfigFile, environmentOf, readConfiguration } from '../config.js';
import { readStateFile, stateFile } from '../local/state-file.js';
import type { Io } from './io.js';

/**
 * The directory with the records of the environment of a rollout, or of locks.
 *
 * @param config the configuration file; when absent the local stack's, else the one in the working directory
 * @throws Refusal when there is no configuration, or none of the environment
 */
export async function recordsOf(id: string, config: string | undefined, io: Io): Promise<string> {
  const inDirectory = resolve(io.cwd, defaultConfigFile);
  const ofStack = config === undefined ? (await readStateFile(stateFile(io.env)))?.config : undefined;
  const file = config === undefined ? (ofStack ?? inDirectory) : resolve(io.cwd, config);
  const environment = partsOf(id)?.environment ?? environmentOfLocks(id) ?? 'local';
  const { records } = environmentOf(await readConfiguration(file), environment);
  return resolve(io.cwd, records);
}
