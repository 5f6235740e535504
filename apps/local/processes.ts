import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './commands.js';

/** Signals to send one after the other, each with the milliseconds the process has to go before the next. */
export type Farewell = readonly (readonly [signal: NodeJS.Signals, waitMs: number])[];

/** Ask, then insist. */
export const ordinaryFarewell: Farewell = [
  ['SIGTERM', 8_000],
  ['SIGKILL', 5_000],
];

/**
 * PostgreSQL's fast shutdown (SIGINT), then its immediate one (SIGQUIT). SIGKILL comes last: it can leave
 * backends behind that still write to the data directory.
 */
export const postgresFarewell: Farewell = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

/**
 * Stops a server whose starter is gone, and waits until it ended. The pid may belong to another program by
 * now, so nothing is sent unless its command line still names the program.
 *
 * @param name the program: the file name of a word of the command line, extension of a script left out
 * @param mark a word that must stand on the command line too, such as the port or the data directory
 * @returns false when no such process runs
 * @throws when it may not be signalled, or outlives every signal
 */
export async function stopPid(pid: number, name: string, mark?: string): Promise<boolean> {
  const runs = () => isProgram(pid, name, mark);
  if (!(await runs())) return false;
  await sendOff(pid, runs, name === 'postgres' ? postgresFarewell : ordinaryFarewell, name);
  return true;
}

/** True while the process `pid` lives and is the program `name` (see `stopPid`). A zombie does not count. */
export async function isProgram(pid: number, name: string, mark?: string): Promise<boolean> {
  const words = await commandLine(pid);
  const named = words.some((word) => basename(word).replace(/\.[cm]?[jt]s$/, '') === name);
  return named && (mark === undefined || words.includes(mark));
}

/** True while any process `pid` lives. A zombie does not count: it holds nothing any more. */
export async function isRunning(pid: number): Promise<boolean> {
  return (await commandLine(pid)).length > 0;
}

async function commandLine(pid: number): Promise<string[]> {
  // 0 and negative numbers mean process groups to kill(2): never pass them on.
  if (!Number.isSafeInteger(pid) || pid <= 0) return [];
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.split('\0').filter(Boolean);
  }
  const { stdout } = await runCommand('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return stdout.trim().split(/\s+/).filter(Boolean);
}

/**
 * Sends the signals of `farewell` in turn until `runs` says no.
 *
 * @throws when the process may not be signalled, or still runs after the last
 */
export async function sendOff(
  pid: number,
  runs: () => boolean | Promise<boolean>,
  farewell: Farewell,
  name: string,
): Promise<void> {
  for (const [signal, waitMs] of farewell) {
    if (!(await runs())) return;
    signalIfThere(pid, signal);
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if (!(await runs())) return;
      await sleep(25);
    }
  }
  if (await runs()) throw new Error(`${name} (pid ${pid}): still runs after SIGKILL; look at it with ps`);
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
