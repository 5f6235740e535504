import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../apps/local/ports.js';
import { removePostgres } from '../../../apps/local/postgres-place.js';
import { startPostgres, type PostgresOptions } from '../../../apps/local/postgres-server.js';
import { isProgram, stopPid } from '../../../apps/local/processes.js';
import { scratchDirectory } from './scratch.js';
import { eventually } from '../../support/eventually.js';

const postgresFlags = ['-c', 'fsync=off'];

/** Below a directory that is private to us: as root, the server's user cannot reach it. */
async function privateDirectory(): Promise<string> {
  const dir = join(await scratchDirectory(), 'postgres');
  onTestFinished(() => removePostgres(dir));
  return dir;
}

async function start(options: PostgresOptions) {
  const server = await startPostgres({ postgresFlags, ...options });
  onTestFinished(() => server.stop());
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('data, password and extra databases survive a restart; no secret is readable by others', async () => {
  const dir = await privateDirectory();
  const first = await start({ dir });
  expect(new URL(first.url).pathname).toBe('/shop');
  expect(await query(first.url, 'SHOW server_version_num')).toEqual([
    { server_version_num: expect.stringMatching(/^18/) as string },
  ]);
  await query(first.url, 'CREATE TABLE customer AS SELECT 1 AS id');
  await Promise.all([first.stop(), first.stop()]);
  expect(await isProgram(first.pid, 'postgres')).toBe(false);

  const second = await start({ dir, database: 'a "b" ü' });
  expect(await query(second.url, 'SELECT current_database() AS name')).toEqual([{ name: 'a "b" ü' }]);
  const shop = new URL(second.url);
  shop.pathname = '/shop';
  expect(await query(shop.href, 'SELECT id FROM customer')).toEqual([{ id: 1 }]);
  expect(second.dataDir).toBe(first.dataDir);

  expect((await stat(join(dir, 'password'))).mode & 0o077).toBe(0);
  expect((await stat(second.dataDir)).mode & 0o077).toBe(0);
  expect((await readdir(dirname(second.dataDir))).filter((name) => name.includes('initdb'))).toEqual([]);
});

test('nobody gets in without the password, and there is no socket file', async () => {
  const { url } = await start({ dir: await privateDirectory() });
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  expect(await query(url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
});

test('a taken port: another one is tried, although a server answers there', async () => {
  const first = await start({ dir: await privateDirectory() });
  let asked = 0;
  const choosePort = async () => (asked++ === 0 ? first.port : await freePort());
  const second = await start({ dir: await privateDirectory(), choosePort });
  expect(asked).toBe(2);
  expect(second.port).not.toBe(first.port);
});

test('a second server on the same data is refused, with the pid of the first', async () => {
  const dir = await privateDirectory();
  const { pid, dataDir } = await start({ dir });
  await expect(start({ dir })).rejects.toThrow(`runs on it already (pid ${pid})`);
  expect(await stopPid(pid, 'postgres', dataDir)).toBe(true);
  await start({ dir });
});

test('a crashed server recovers', async () => {
  const dir = await privateDirectory();
  const first = await start({ dir, postgresFlags: [] });
  await query(first.url, 'CREATE TABLE customer AS SELECT 1 AS id');
  process.kill(first.pid, 'SIGQUIT');
  await eventually(async () => expect(await isProgram(first.pid, 'postgres')).toBe(false));
  const second = await start({ dir });
  expect(await query(second.url, 'SELECT id FROM customer')).toEqual([{ id: 1 }]);
});

test('a lost password is told at once', async () => {
  const dir = await privateDirectory();
  await (await start({ dir })).stop();
  await writeFile(join(dir, 'password'), 'another\n');
  await expect(start({ dir })).rejects.toThrow(/refuses the password kept beside its data/);
});

test('a server that ends early is an error with the end of its log', async () => {
  const dir = await privateDirectory();
  const failing = start({ dir, postgresFlags: ['-c', 'no_such_setting=1'] });
  await expect(failing).rejects.toThrow(/ended early[^]*postgres\.log:[^]*no_such_setting/);
});

test('removing takes data with it that stand elsewhere', async () => {
  const dir = await privateDirectory();
  const { dataDir, stop } = await start({ dir });
  await stop();
  await removePostgres(dir);
  await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  await expect(readFile(join(dir, 'password'))).rejects.toThrow('ENOENT');
});
