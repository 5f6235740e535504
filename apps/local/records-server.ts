import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withLock } from './lock.js';
import { findPostgres, startPostgres, type PostgresServer } from './postgres-server.js';
import { isRunning } from './processes.js';

/** A PostgreSQL for the records of a local environment, as long as somebody uses it. */
export interface RecordsServer {
  /** Of the environment's own database. */
  readonly url: string;
  /** The last who releases it ends the server. */
  release(): Promise<void>;
}

/**
 * Finds the PostgreSQL that serves the records in `directory`, or starts it. Who uses it stands there by pid, so that it
 * ends with the last one that leaves in order; after a crash of all it goes on, and the next finds it.
 */
export async function useRecordsServer(
  directory: string,
  environment: string,
  onProgress: (line: string) => void = () => undefined,
): Promise<RecordsServer> {
  const home = resolve(directory, 'postgres');
  const users = resolve(directory, 'users');
  const own = join(users, `${process.pid}-${randomBytes(4).toString('hex')}`);
  // As root the server runs as another user, who must reach its data below this directory.
  await mkdir(resolve(directory), { recursive: true });
  await chmod(resolve(directory), 0o711);
  return withLock(users, async () => {
    const server = await serverOf(home, environment, onProgress);
    await writeFile(own, '');
    return { url: server.url, release: () => withLock(users, () => leave(users, own, home, environment)) };
  });
}

async function serverOf(
  dir: string,
  database: string,
  onProgress: (line: string) => void,
): Promise<PostgresServer> {
  const found = await findPostgres(dir, database);
  if (found) return found;
  onProgress(`Starting PostgreSQL for the records in ${dir}`);
  return startPostgres({ dir, database, onProgress });
}

async function leave(users: string, own: string, home: string, database: string): Promise<void> {
  await rm(own, { force: true });
  const names = (await readdir(users)).filter((name) => /^\d+-/.test(name));
  const live = await Promise.all(names.map((name) => isRunning(Number(name.split('-')[0]))));
  if (!live.includes(true)) await (await findPostgres(home, database))?.stop();
}
