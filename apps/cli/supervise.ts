import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from './io.js';

/** Set for the process that is supervised. */
const mark = 'SWITCHBACK_SUPERVISED';
const pause = 200;

/** Whether somebody starts this process again when it is killed. */
export function isSupervised({ env }: Pick<Io, 'env'>): boolean {
  return env[mark] !== undefined;
}

/**
 * Runs this very command in a process of its own, and again whenever it is killed, until it ends by itself or by SIGINT or
 * SIGTERM. Answers its exit code.
 */
export async function superviseThisCommand({ env, stderr }: Pick<Io, 'env' | 'stderr'>): Promise<number> {
  for (;;) {
    const [file = '', ...args] = [...process.execArgv, ...process.argv.slice(1)];
    const child = spawn(process.execPath, [file, ...args], {
      stdio: 'inherit',
      env: { ...env, [mark]: '1' },
    });
    // Those of a terminal reach both.
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGTERM', pass).on('SIGINT', pass);
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (...ended) => resolve(ended));
    });
    process.off('SIGTERM', pass).off('SIGINT', pass);
    if (signal !== 'SIGKILL') return code ?? 1;
    stderr.write('the worker was killed, as drills do, and is started again\n');
    await sleep(pause);
  }
}
