import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { differingObjects } from '../../../activities/drill/objects.js';
import { snapshotFlags } from '../snapshot/flags-snapshot.js';
import type { JsonObject } from '../../../src/engine/base/json.js';

/** Flag files for one point. */
export interface FlagFiles {
  /** By store, as the flags adapter asks for them. */
  readonly stores: Readonly<Record<string, { readonly file: string }>>;
  /** What is not as it was at the beginning, a sentence each. */
  differences(): Promise<string[]>;
}

/** Writes a file for each store below a directory that nobody else uses. */
export async function writeFlags(
  directory: string,
  documents: Readonly<Record<string, JsonObject>>,
): Promise<FlagFiles> {
  await mkdir(directory, { recursive: true });
  const files = await Promise.all(
    Object.entries(documents).map(async ([store, document], index) => {
      const file = join(directory, `flags-${index}.json`);
      await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
      return { store, file, before: await snapshotFlags(file) };
    }),
  );
  return {
    stores: Object.fromEntries(files.map(({ store, file }) => [store, { file }])),
    async differences() {
      const found = await Promise.all(
        files.map(async ({ file, before }) => differingObjects(before, await snapshotFlags(file))),
      );
      return found.flat();
    },
  };
}
