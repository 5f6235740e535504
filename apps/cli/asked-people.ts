import { userInfo } from 'node:os';
import { delegatedTo } from '../../src/identity/delegation.js';
import { registeredAs } from '../../src/identity/principal.js';
import type { Configuration, Environment } from '../config/config.js';
import { directoryOf } from '../config/identity/directory.js';
import type { WaitingFor } from '../client/client.js';
import { configurationFile } from './configuration-file.js';
import type { Io } from './io.js';

/**
 * Whose answer is looked for: a group, or a person with the groups that the configuration gives them. Without a
 * configuration a name stands for itself alone, and what people delegate through a door only the door knows; `me` is the user of this machine.
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
  const groupsOf = (environment: string, one: string) => groupsIn(environmentNamed(found, environment), one);
  return {
    name,
    groupsIn: (environment) => groupsOf(environment, name),
    delegatorsIn: (environment) =>
      delegatedTo(environmentNamed(found, environment)?.delegations ?? [], name, Date.now()).map(
        ({ from, gates }) => ({ name: from, groups: groupsOf(environment, from), gates }),
      ),
  };
}

function environmentNamed(config: Configuration | undefined, name: string): Environment | undefined {
  const environments = config?.environments ?? {};
  return Object.hasOwn(environments, name) ? environments[name] : undefined;
}

function groupsIn(environment: Environment | undefined, name: string): readonly string[] {
  return (environment && registeredAs(directoryOf(environment), name)?.groups) ?? [];
}
