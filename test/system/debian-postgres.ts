import { execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../apps/local/ports.js';
import { serverAccount } from '../../apps/local/postgres-account.js';
import '../support/servers.js';

const run = promisify(execFile);
const installed = '/usr/lib/postgresql';

/** The PostgreSQL that Debian ships, several majors older than the embedded one, for the whole run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const versions = await readdir(installed).catch(() => []);
  const version = versions.map(Number).sort((a, b) => b - a)[0];
  if (version === undefined) throw new Error(`no PostgreSQL below ${installed}: apt-get install postgresql`);
  const program = (name: string) => join(installed, String(version), 'bin', name);
  const account = await serverAccount();
  const dir = await mkdtemp(join(tmpdir(), 'switchback-system-'));
  if (account) await chown(dir, account.uid, account.gid);

  const port = await freePort();
  const options = { ...account, cwd: dir };
  await run(
    program('initdb'),
    ['-D', join(dir, 'data'), '-U', 'postgres', '--auth=trust', '-E', 'UTF8'],
    options,
  );
  const settings = [
    'fsync=off',
    'max_connections=300',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ];
  const server = spawn(
    program('postgres'),
    ['-D', join(dir, 'data'), '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const tearDown = async () => {
    server.kill('SIGINT');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  process.once('exit', () => server.kill('SIGINT'));
  if (!(await answers(program('pg_isready'), port))) {
    await tearDown();
    throw new Error(`PostgreSQL ${version} did not start`);
  }
  project.provide('postgresUrl', `postgres://postgres@127.0.0.1:${port}/postgres`);
  return tearDown;
}

async function answers(pgIsReady: string, port: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    const ready = await run(pgIsReady, ['-h', '127.0.0.1', '-p', String(port)]).then(
      () => true,
      () => false,
    );
    if (ready) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
