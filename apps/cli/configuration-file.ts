import { resolve } from 'node:path';
import { defaultConfigFile } from '../config/default-file.js';
import type { Io } from './io.js';

/** The configuration that is named, else the local stack's, else the one in the working directory. */
export async function configurationFile(config: string | undefined, { cwd, env }: Io): Promise<string> {
  if (config !== undefined) return resolve(cwd, config);
  const { readStateFile, stateFile } = await import('../config/state-file.js');
  return (await readStateFile(stateFile(env)))?.config ?? resolve(cwd, defaultConfigFile);
}
