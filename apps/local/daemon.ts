import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import type { Account } from './commands.js';
import { sendOff, type Farewell } from './processes.js';

/** A server process of ours that outlives the terminal's Ctrl-C: we stop it ourselves, in order. */
export interface Daemon {
  pid: number;
  /** How it ended ("exit code 1"), or undefined while it runs. */
  ended(): string | undefined;
  /** The last lines it wrote since this start, for an error message; says so when there are none. */
  tail(lines?: number): Promise<string>;
  /** Ends it and waits until it is gone. May be called any number of times. */
  stop(): Promise<void>;
}

/**
 * Starts a server in a session of its own, with its output appended to `log`. It never shares our output:
 * whoever reads that to its end would wait for the server, too. It does not keep our event loop alive.
 *
 * @throws when the executable cannot be run
 */
export async function startDaemon(options: {
  name: string;
  file: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  log: string;
  farewell: Farewell;
  account?: Account | undefined;
}): Promise<Daemon> {
  const { name, file, args, env, cwd, log, farewell, account } = options;
  const handle = await open(log, 'a', 0o600);
  try {
    const { size: start } = await handle.stat();
    // Node throws some failures to start and emits others.
    const cannotRun = (cause: unknown) =>
      new Error(`${name}: cannot run ${file}: ${(cause as Error).message}`);
    let child: ChildProcess;
    try {
      child = spawn(file, args, {
        env,
        cwd,
        ...account,
        detached: true,
        stdio: ['ignore', handle.fd, handle.fd],
      });
    } catch (error) {
      throw cannotRun(error);
    }
    let end: string | undefined;
    child.once('exit', (code, signal) => (end = signal ? `signal ${signal}` : `exit code ${code}`));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => reject(cannotRun(cause)));
    });
    child.unref();
    const pid = child.pid as number;
    let stopping: Promise<void> | undefined;
    return {
      pid,
      ended: () => end,
      tail: (lines = 15) => tailOf(log, start, lines),
      stop: () => (stopping ??= sendOff(pid, () => end === undefined, farewell, name)),
    };
  } finally {
    await handle.close();
  }
}

async function tailOf(log: string, start: number, lines: number): Promise<string> {
  const written = await readFile(log).catch(() => Buffer.alloc(0));
  const text = written.subarray(start).toString('utf8').trim();
  return text.split('\n').slice(-lines).join('\n') || '(it wrote nothing)';
}
