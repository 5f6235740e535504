import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The user a child process runs as; undefined is the user we are. */
export interface Account {
  uid: number;
  gid: number;
}

/** How a command ended: `reason` is undefined when it exited with 0, else one line for people. */
export interface CommandResult {
  stdout: string;
  stderr: string;
  reason: string | undefined;
}

/**
 * Runs a short command to its end and never throws: not found, not allowed, timed out and failed are all
 * told by `reason`. The default timeout is 20 s.
 */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; account?: Account | undefined; cwd?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  const { account, timeoutMs = 20_000, ...rest } = options;
  return new Promise((resolve) => {
    try {
      execFile(
        file,
        args,
        { ...rest, ...account, timeout: timeoutMs, killSignal: 'SIGKILL', encoding: 'utf8' },
        (error, stdout, stderr) =>
          resolve({ stdout, stderr, reason: error ? why(error, stderr) : undefined }),
      ).stdin?.end();
    } catch (error) {
      // Some failures to start, such as a path that leads through a file, are thrown at once by node.
      resolve({ stdout: '', stderr: '', reason: why(error as Error, '') });
    }
  });
}

function why(error: Error & { killed?: boolean }, stderr: string): string {
  if (error.killed) return 'did not end in time';
  return stderr.trim().split('\n').at(-1) || error.message.split('\n', 1)[0] || error.name;
}

/** The first executable file of that name on `PATH`, or undefined. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const directory of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const file = join(directory, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** True when `file` is a regular file that we may execute. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
