import { resolve } from 'node:path';
import type { Candidate, InUse } from '../../../activities/drill/adopt.js';
import { cloneOf } from '../../../activities/drill/names.js';
import { Refusal, isRefusal } from '../../../src/engine/base/errors.js';
import { readConfiguration, reveal, type Environment } from '../../config/config.js';
import { UsageError } from '../usage-error.js';
import { requireDrillEnvironment } from './drill-environment.js';

/** The database that is to be adopted, and all that it must not be: those of every environment in which people work. */
export async function candidateOf(
  given: string | undefined,
  { env, config }: { readonly env: string; readonly config: string },
  cwd: string,
): Promise<{ readonly candidate: Candidate; readonly inUse: readonly InUse[] }> {
  const { databases } = await requireDrillEnvironment(env, config, cwd);
  const names = Object.keys(databases);
  if (given === undefined && names.length > 1) {
    throw new UsageError(`name the database: ${env} has ${names.join(', ')}`);
  }
  const name = given ?? names[0] ?? '';
  const found = Object.hasOwn(databases, name) ? databases[name] : undefined;
  if (!found) {
    throw new Refusal(
      `database ${name} of ${env}`,
      'is not in the configuration',
      names.length > 0 ? `use one of ${names.join(', ')}` : 'name it in "databases" of the environment',
    );
  }
  const url = reveal(found.url);
  // Refuses what is called as only clones are.
  cloneOf(env, name, url);
  const { environments } = await readConfiguration(resolve(cwd, config));
  const inUse = Object.entries(environments)
    .filter(([, { kind }]) => kind !== 'drill')
    .flatMap(([environment, { databases: theirs }]) =>
      Object.entries(theirs).map(([own, { url: at }]) => ({ environment, name: own, url: known(at) })),
    );
  return { candidate: { name, url, environment: env }, inUse };
}

/** A variable that is not set here says nothing of who that is. */
function known(url: Environment['databases'][string]['url']): string | undefined {
  try {
    return reveal(url);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
