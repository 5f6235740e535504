import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { inject } from 'vitest';
import { withLock } from '../../apps/local/lock.js';
import { bundleWorkflows, workflowsOf } from '../../apps/worker/workflow-bundle.js';
import type { Kind } from '../../src/protocol/kind.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Directory of the bundles that the files of this run share. */
    bundles: string;
  }
}

type Bundle = WorkflowBundleWithSourceMap;
const known = new Map<string, Promise<Bundle>>();

/**
 * The code of workflows, bundled once for all files of a run: it takes seconds of a core, and every file needs it.
 *
 * @param workflows their module or directory; today's workflows when absent
 */
export function bundled(workflows?: URL): Promise<Bundle> {
  const name = workflows?.href ?? 'own';
  const bundle = known.get(name) ?? shared(name, workflows && fileURLToPath(workflows));
  known.set(name, bundle);
  return bundle;
}

/** Today's workflows for a kind of environment. */
export function bundledFor(kind: Kind): Promise<Bundle> {
  return bundled(kind === 'local' ? undefined : pathToFileURL(workflowsOf(kind)));
}

async function shared(name: string, path: string | undefined): Promise<Bundle> {
  const place = join(inject('bundles'), createHash('sha256').update(name).digest('hex').slice(0, 12));
  const file = join(place, 'bundle.json');
  return withLock(place, async () => {
    const present = await readFile(file, 'utf8').catch(() => undefined);
    if (present !== undefined) return JSON.parse(present) as Bundle;
    const made = await bundleWorkflows(path);
    await writeFile(`${file}.tmp`, JSON.stringify(made));
    await rename(`${file}.tmp`, file);
    return made;
  });
}
