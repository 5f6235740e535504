import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, type Account } from './commands.js';
import { postgresEnvironment } from './postgres-binaries.js';
import { exists } from './postgres-place.js';

/**
 * Makes a cluster at `data` (UTF-8, sorted by code point, the same on every system), unless there is one.
 * It is made beside it and renamed: a start that was killed leaves no half cluster.
 *
 * @throws with what initdb said when it fails
 */
export async function initialise(options: {
  binaries: string;
  data: string;
  account: Account | undefined;
  password: string;
}): Promise<void> {
  const { binaries, data, account, password } = options;
  if (await exists(join(data, 'PG_VERSION'))) return;
  const unfinished = `${data}.new`;
  const passwordFile = join(dirname(data), '.initdb-password');
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await mkdir(unfinished, { mode: 0o700 });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
    if (account !== undefined) {
      await chown(unfinished, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const { reason, stderr } = await runCommand(
      join(binaries, 'bin', 'initdb'),
      [
        `--pgdata=${unfinished}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { account, env: postgresEnvironment, cwd: '/', timeoutMs: 180_000 },
    );
    if (reason !== undefined)
      throw new Error(`PostgreSQL: initdb failed in ${data}: ${reason}\n${stderr}`.trim());
    await rename(unfinished, data);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}
