import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Kind } from '../../src/protocol/kind.js';
import { packageVersion } from '../config/version.js';

const ownWorkflows = {
  local: fileURLToPath(new URL('../../workflows', import.meta.url)),
  shared: fileURLToPath(new URL('../../workflows/shared', import.meta.url)),
  drill: fileURLToPath(new URL('../../workflows/drills', import.meta.url)),
} as const satisfies { readonly [K in Kind]: string };

/** Where the workflows of a kind of environment are: its kind is part of its workers' build. */
export function workflowsOf(kind: Kind): string {
  return ownWorkflows[kind];
}
const interceptors = [
  new URL('../../workflows/sdk/early-queries', import.meta.url),
  new URL('../../workflows/sdk/resets', import.meta.url),
  new URL('../../workflows/sdk/turns', import.meta.url),
  new URL('../../workflows/doors/signals', import.meta.url),
].map((url) => fileURLToPath(url));

/**
 * What is loaded before any workflow. Pure and without state of their own: one copy serves every workflow in memory, which
 * would have its own of it otherwise. How deep stacks are can be said only here: the sandbox freezes its globals next.
 */
const shared = [
  new URL('../../workflows/sdk/stack-depth', import.meta.url),
  new URL('../../src/engine/index', import.meta.url),
  new URL('../../src/engine/decide/decision-queue', import.meta.url),
  new URL('../../src/protocol/doors', import.meta.url),
  new URL('../../src/environment/locks/table', import.meta.url),
  new URL('../../src/environment/sentinel/roster', import.meta.url),
].map((url) => fileURLToPath(url));

/** The code of the workflows in a directory, bundled: it takes seconds of a core. */
export function bundleWorkflows(
  workflowsPath: string = ownWorkflows.local,
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: interceptors,
    preloadModules: shared,
    logger: Runtime.instance().logger,
    // Modules are named by their path from here: from the directory that a process happens to run in, the same code
    // would be another build.
    webpackConfigHook: (config) => ({ ...config, context: dirname(workflowsPath) }),
  });
}

/** The bundle that a file keeps; made, and kept there, when there is none yet. */
export async function keptIn(
  file: string,
  make: () => Promise<WorkflowBundleWithSourceMap>,
): Promise<WorkflowBundleWithSourceMap> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as WorkflowBundleWithSourceMap;
  const made = await make();
  // Whoever dies while writing leaves no half of it.
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(made), { mode: 0o600 });
  await rename(temporary, file);
  return made;
}

/**
 * The build that a bundle makes: the package's version, and a digest of everything that replays. A change of any
 * workflow, of the engine or of a package below them is another build; a change of an activity alone is none, so that
 * a worker with a fixed activity goes on with the rollouts of the one it replaces.
 */
export function buildIdOf({ code }: Pick<WorkflowBundleWithSourceMap, 'code'>): string {
  const digest = createHash('sha256').update(withoutSourceMap(code)).digest('hex');
  return `${packageVersion()}-${digest.slice(0, 12)}`;
}

/** The map has the paths of the machine in it. */
function withoutSourceMap(code: string): string {
  const at = code.lastIndexOf('\n//# sourceMappingURL=');
  return at < 0 ? code : code.slice(0, at);
}
