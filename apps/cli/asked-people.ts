import { userInfo } from 'node:os';
import { registeredAs } from '../../src/identity/principal.js';
import type { Configuration } from '../config/config.js';
import { directoryOf } from '../config/identity/directory.js';
import type { WaitingFor } from '../client/client.js';
import { configurationFile } from './configuration-file.js';
import type { Io } from './io.js';

/**
 * Whose answer is looked for: a group, or a person with the groups that the configuration gives them. Without a
 * configuration a name stands for itself alone; `me` is the user of this machine.
 */
export async function askedPerson(given: string, config: string | undefined, io: Io): Promise<WaitingFor> {
  const name = given === 'me' ? userInfo().username : given;
  const { readConfiguration } = await import('../config/config.js');
  const file = await configurationFile(config, io);
  const found = await readConfiguration(file).catch((error: unknown) => {
    // One that was named has to be there.
    if (config !== undefined) throw error;
    return undefined;
  });
  return { name, groupsIn: (environment) => groupsOf(found, environment, name) };
}

function groupsOf(config: Configuration | undefined, environment: string, name: string): readonly string[] {
  const environments = config?.environments ?? {};
  const known = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  return (known && registeredAs(directoryOf(known), name)?.groups) ?? [];
}
