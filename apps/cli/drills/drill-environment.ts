import { resolve } from 'node:path';
import { environmentOf, readConfiguration, type Environment } from '../../config/config.js';
import { Refusal } from '../../client/client.js';

/** The drill environment of a configuration. Throws `Refusal` when there is none of this name, or of another kind. */
export async function requireDrillEnvironment(
  name: string,
  config: string,
  cwd: string,
): Promise<Environment> {
  const configuration = await readConfiguration(resolve(cwd, config));
  const environment = environmentOf(configuration, name);
  if (environment.kind === 'drill') return environment;
  const others = Object.entries(configuration.environments).filter(([, { kind }]) => kind === 'drill');
  throw new Refusal(
    `environment ${name}`,
    `is ${environment.kind}, and a drill breaks what it works on: it runs in an environment of kind drill alone`,
    others.length > 0
      ? `use one of ${others.map(([other]) => other).join(', ')}`
      : 'add one to the configuration: see docs/drills.md',
  );
}
