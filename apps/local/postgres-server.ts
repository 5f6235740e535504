import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Account } from './commands.js';
import { startDaemon, type Daemon } from './daemon.js';
import { withLock } from './lock.js';
import { freePort } from './ports.js';
import { serverAccount } from './postgres-account.js';
import { postgresEnvironment, providePostgres, removeTemporary } from './postgres-binaries.js';
import { initialise } from './postgres-init.js';
import { dataDirectory, exists, superuserPassword } from './postgres-place.js';
import { isProgram, postgresFarewell, stopPid } from './processes.js';

/** A PostgreSQL server of ours. */
export interface PostgresServer {
  /** Of the database, as the superuser, password included. */
  url: string;
  port: number;
  pid: number;
  /** Where the data really stand: below `dir`, or elsewhere when the server's user cannot reach that. */
  dataDir: string;
  /** The url of another database, made when missing. */
  database(name: string): Promise<string>;
  /** Ends it and waits until it is gone. May be called any number of times. */
  stop(): Promise<void>;
}

/** Settings of `startPostgres`. */
export interface PostgresOptions {
  /** Holds the data, the password and `postgres.log`. Given again, the same data are served. */
  dir: string;
  /** Made when missing. Default: `shop`. */
  database?: string;
  /** More arguments for the server, such as `-c`, `fsync=off`. */
  postgresFlags?: readonly string[];
  onProgress?: (line: string) => void;
  /** Holds a copy of the programs when they cannot be run where npm put them. */
  cacheDir?: string;
  /** Chooses a free port; replaced in tests. */
  choosePort?: () => Promise<number>;
}

const READY_WITHIN_MS = 120_000;
const ATTEMPTS = 5;

/**
 * Starts a real PostgreSQL on a free port of 127.0.0.1; answers once it serves the database. As root it runs
 * as the user postgres. There is no Unix socket, and no access without the password.
 *
 * @throws when a server runs on `dir` already; with the end of its log when it does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  // The server gets paths from another working directory.
  const dir = resolve(options.dir);
  const { cacheDir, onProgress = () => undefined } = options;
  const account = await serverAccount();
  const onWait = (seconds: number) =>
    onProgress(`PostgreSQL: another process is starting it in ${dir}, waited ${seconds} s`);
  const start = async () => {
    const data = await dataDirectory(dir, account);
    await refuseRunning(data);
    const binaries = await providePostgres({ account, cacheDir, onProgress });
    try {
      const password = await superuserPassword(dir);
      await initialise({ binaries: binaries.directory, data, account, password });
      const { server, port } = await startServer(options, dir, data, binaries.directory, account, password);
      const url = await ensureDatabase(server, port, password, options.database ?? 'shop');
      const stop = async () => {
        await server.stop();
        await removeTemporary(binaries);
      };
      const database = (name: string) => makeDatabase(port, password, name);
      return { url, port, pid: server.pid, dataDir: data, database, stop };
    } catch (error) {
      await removeTemporary(binaries);
      throw error;
    }
  };
  return await withLock(dir, start, onWait);
}

/** The server that runs on `dir`, whoever started it, with its database made when missing; undefined when none runs. */
export async function findPostgres(dir: string, name: string): Promise<PostgresServer | undefined> {
  if (!(await exists(dir))) return undefined;
  const data = await dataDirectory(resolve(dir), await serverAccount());
  const lines = await postmasterFile(data);
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!(await isProgram(pid, 'postgres', data)) || lines[7]?.trim() !== 'ready') return undefined;
  const password = await superuserPassword(dir);
  const database = (other: string) => makeDatabase(port, password, other);
  const stop = async () => void (await stopPid(pid, 'postgres', data));
  return { url: await database(name), port, pid, dataDir: data, database, stop };
}

async function refuseRunning(data: string): Promise<void> {
  const pid = Number((await postmasterFile(data))[0]);
  if (!(await isProgram(pid, 'postgres', data))) return;
  throw new Error(`${data}: PostgreSQL runs on it already (pid ${pid}); stop that first: kill -INT ${pid}`);
}

async function startServer(
  options: PostgresOptions,
  dir: string,
  data: string,
  binaries: string,
  account: Account | undefined,
  password: string,
): Promise<{ server: Daemon; port: number }> {
  const { choosePort = freePort, postgresFlags = [] } = options;
  const log = join(dir, 'postgres.log');
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort();
    const server = await startDaemon({
      name: 'PostgreSQL',
      file: join(binaries, 'bin', 'postgres'),
      args: [
        '-D',
        data,
        '-p',
        String(port),
        '--listen_addresses=127.0.0.1',
        '--unix_socket_directories=',
        ...postgresFlags,
      ],
      env: postgresEnvironment,
      cwd: '/',
      log,
      farewell: postgresFarewell,
      account,
    });
    const failure = await untilReady(server, port, password, data);
    if (failure === undefined) return { server, port };
    const tail = await server.tail();
    await server.stop();
    if (attempt < ATTEMPTS && tail.includes('Address already in use')) continue;
    throw new Error(`PostgreSQL ${failure}. The end of ${log}:\n${tail}`);
  }
}

/** Answers undefined once a query succeeds, else why it will not. */
async function untilReady(
  server: Daemon,
  port: number,
  password: string,
  data: string,
): Promise<string | undefined> {
  const deadline = performance.now() + READY_WITHIN_MS;
  let last: unknown = 'none';
  for (; performance.now() < deadline; await sleep(50)) {
    const ended = server.ended();
    if (ended !== undefined) return `ended early (${ended})`;
    if (!(await saysReady(server.pid, data))) continue;
    try {
      await query(port, password, 'SELECT 1');
      return undefined;
    } catch (error) {
      last = error;
      if ((error as { code?: string }).code === '28P01') return 'refuses the password kept beside its data';
    }
  }
  return `was not ready within ${READY_WITHIN_MS / 1000} s (last answer: ${String(last)})`;
}

/** From the file it keeps, for on the port another server may answer, until ours ends for want of it. */
async function saysReady(pid: number, data: string): Promise<boolean> {
  const lines = await postmasterFile(data);
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/** PostgreSQL's own record of who runs on the data: pid first, status in the eighth line. */
async function postmasterFile(data: string): Promise<string[]> {
  return (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
}

async function makeDatabase(port: number, password: string, name: string): Promise<string> {
  const found = await query(port, password, 'SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (found.length === 0) await query(port, password, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  return urlOf(port, password, name);
}

async function ensureDatabase(server: Daemon, port: number, password: string, name: string): Promise<string> {
  try {
    return await makeDatabase(port, password, name);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function query(
  port: number,
  password: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: urlOf(port, password, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // The query below fails, too, and tells.
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
