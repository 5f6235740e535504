import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from '../../config/config.js';
import { packageVersion } from '../../config/version.js';

/**
 * Versions of the adapters of an environment: of our own that of this package, of a team's own a digest of the module that
 * the configuration names. One that is not there has none.
 *
 * @param config path of the configuration file, from which modules are reached
 */
export async function adapterVersions(
  { adapters }: Pick<Environment, 'adapters'>,
  config: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of names) {
    const own = adapters[name];
    if (own) versions[name] = await digestOfModule(resolve(dirname(resolve(config)), own.module));
    else if (name === 'postgres' || name === 'flags') versions[name] = packageVersion();
  }
  return versions;
}

async function digestOfModule(path: string): Promise<string> {
  const content = await readFile(path);
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
