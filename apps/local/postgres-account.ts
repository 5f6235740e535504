import { constants } from 'node:fs';
import { access, chmod, mkdir } from 'node:fs/promises';
import { runCommand, type Account } from './commands.js';

/**
 * The user the server runs as: PostgreSQL refuses root, so root becomes the system user `name`, which is
 * made when missing. Anyone else stays who they are (undefined).
 *
 * @throws when the user is missing and cannot be made
 */
export async function serverAccount(name = 'postgres'): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await lookUp(name);
  if (known !== undefined) return known;
  // shadow's useradd (Debian, Fedora), then busybox's adduser (Alpine).
  const attempts = [
    await runCommand('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/bin/false',
      name,
    ]),
    await runCommand('adduser', ['-S', '-D', '-H', '-s', '/bin/false', name]),
  ];
  const made = await lookUp(name);
  if (made !== undefined) return made;
  throw new Error(
    `PostgreSQL does not run as root, and the user "${name}" is missing and could not be made ` +
      `(${attempts.map(({ reason }) => reason).join('; ')}): make that user, or do not run as root`,
  );
}

async function lookUp(name: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all([runCommand('id', ['-u', name]), runCommand('id', ['-g', name])]);
  if (uid.reason !== undefined || gid.reason !== undefined) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** True when the account can enter the directory, by really trying as that user. */
export async function canEnter(account: Account | undefined, directory: string): Promise<boolean> {
  if (account === undefined) {
    return await access(directory, constants.X_OK).then(
      () => true,
      () => false,
    );
  }
  const { reason } = await runCommand('/bin/sh', ['-c', 'test -x "$1"', 'sh', directory], {
    account,
    cwd: '/',
  });
  return reason === undefined;
}

/** Makes the directory when missing, so that everybody can enter it, whatever our umask is. */
export async function makeEnterable(directory: string): Promise<void> {
  const made = await mkdir(directory, { recursive: true });
  if (made !== undefined) await chmod(directory, 0o755);
}
