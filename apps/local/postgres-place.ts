import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from './commands.js';
import { canEnter, makeEnterable } from './postgres-account.js';

/** Names the data directory when it does not stand in the server's own directory. */
const POINTER = 'data-directory';

/**
 * Where the data of the server kept in `dir` stands: `dir/data`, or, when the server's user cannot reach that,
 * a directory of that user's own, which `dir/data-directory` remembers. Its parent is there, the data may not be.
 *
 * @throws when there are data in `dir/data` which the server's user cannot reach
 */
export async function dataDirectory(dir: string, account: Account | undefined): Promise<string> {
  const remembered = await readPointer(dir);
  if (remembered !== undefined && (await exists(dirname(remembered)))) return remembered;
  const data = join(dir, 'data');
  if (account === undefined || (await canEnter(account, dir))) return data;
  if (await exists(data)) {
    throw new Error(
      `${data}: the user PostgreSQL runs as cannot reach it; allow that user to enter each directory above it, or choose another directory`,
    );
  }
  const home = await ownHome(account);
  await writeWhole(join(dir, POINTER), `${join(home, 'data')}\n`);
  return join(home, 'data');
}

/** Removes `dir` and its data, wherever they stand. The server must have been stopped. */
export async function removePostgres(dir: string): Promise<void> {
  const remembered = await readPointer(dir);
  if (remembered !== undefined) await rm(dirname(remembered), { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
}

/** The superuser's password, kept in `dir/password` (mode 0600), made at the first call. */
export async function superuserPassword(dir: string): Promise<string> {
  const file = join(dir, 'password');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept !== undefined) return kept.trim();
  const made = randomBytes(18).toString('hex');
  await writeWhole(file, `${made}\n`);
  return made;
}

/** True when there is something of that name. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function readPointer(dir: string): Promise<string | undefined> {
  const text = await readFile(join(dir, POINTER), 'utf8').catch(() => undefined);
  return text?.trim() || undefined;
}

async function ownHome(account: Account): Promise<string> {
  for (const base of ['/var/lib/switchback', tmpdir()]) {
    try {
      await makeEnterable(base);
      if (!(await canEnter(account, base))) continue;
      const home = await mkdtemp(join(base, 'postgres-'));
      await chown(home, account.uid, account.gid);
      return home;
    } catch (error) {
      if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  throw new Error(
    `no place for PostgreSQL's data: the user it runs as reaches neither /var/lib/switchback nor ${tmpdir()}`,
  );
}

/** Whole or not at all, and never readable by others, not even for a moment. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}
