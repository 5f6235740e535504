import { readFile, stat } from 'node:fs/promises';

/** What a file itself tells of who wrote it last: `last written 2026-11-30T12:00:01Z, owned by deploy (uid 1001)`. */
export async function writerOf(file: string): Promise<string> {
  try {
    const { mtime, uid } = await stat(file);
    const name = await nameOfUser(uid);
    return `last written ${mtime.toISOString()}, owned by ${name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`}`;
  } catch (error) {
    return `of whom nothing is known (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** As the machine's own list has it; directories of users elsewhere are not asked. */
async function nameOfUser(uid: number): Promise<string | undefined> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const found = users.split('\n').map((line) => line.split(':'));
  return found.find(([, , id]) => id === String(uid))?.[0];
}
