import { access } from 'node:fs/promises';
import { environmentOf, readConfiguration, reveal } from '../../config/config.js';
import { directoryOf } from '../../config/identity/directory.js';
import { doorsOf } from '../../config/identity/doors.js';
import type { Environment } from '../../config/environment.js';
import { ok, warn, type Check, type Finding } from './check.js';

/** Whether the configuration can be read, and whether its secrets are there. */
export const configuration: Check = {
  name: 'configuration',
  looksAt: 'the configuration file, as a worker on this machine would read it',
  async look({ config, environment }) {
    if (!(await isThere(config))) {
      const fix = 'look on the machine of a worker, or name its file with --config';
      return [warn(`${config} is not here: what only it tells was not looked at`, fix)];
    }
    const found = environmentOf(await readConfiguration(config), environment);
    for (const { url } of Object.values(found.databases)) reveal(url);
    const people = Object.keys(directoryOf(found).principals).length;
    const whose = found.kind === 'shared' ? 'principals' : 'people';
    if (people === 0) {
      return [warn('it knows no people: nobody may decide anything', `name them under "${whose}"`)];
    }
    return [ok(`a ${found.kind} environment of ${people} ${whose}`), ...doorFindings(found)];
  },
};

/** Where only what is signed counts, somebody has to be able to sign. */
function doorFindings(environment: Environment): Finding[] {
  if (environment.kind !== 'shared') return [];
  const doors = Object.entries(doorsOf(environment));
  const signing = doors.filter(([, { keys }]) => keys.some(({ revoked }) => revoked === undefined));
  if (signing.length > 0) return [ok(`doors that sign: ${signing.map(([name]) => name).join(', ')}`)];
  const fix = 'make a key with "switchback door-key create", and add it to identity.doors';
  return [warn('no door has a key that counts: nothing can be started or decided', fix)];
}

export async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
