import { cloneOf, copyOf, type ClonedDatabase } from '../../../activities/drill/names.js';
import type { CopiedFile } from '../../../activities/drill/copies.js';
import { reveal, type Environment } from '../../config/config.js';

/** What a drill environment is configured with, and what its rollouts work on instead. */
export interface Cloned {
  readonly databases: readonly ClonedDatabase[];
  readonly files: readonly CopiedFile[];
  /** The environment with clones and copies in the place of what they are made from. */
  readonly environment: Environment;
}

/**
 * The environment as its rollouts see it: they never reach what is configured, which a drill clones.
 *
 * @throws Refusal when something is called as only clones are
 */
export function clonedFrom(name: string, environment: Environment): Cloned {
  const databases = Object.entries(environment.databases).map(([db, { url }]) =>
    cloneOf(name, db, reveal(url)),
  );
  const files = Object.entries(environment.flags).map(([store, { file }]) => ({
    store,
    file,
    copy: copyOf(name, store, file),
  }));
  return {
    databases,
    files,
    environment: {
      ...environment,
      databases: Object.fromEntries(databases.map((one) => [one.name, { url: one.cloneUrl }])),
      flags: Object.fromEntries(
        files.map(({ store, copy }) => [store, { ...environment.flags[store], file: copy }]),
      ),
    },
  };
}
