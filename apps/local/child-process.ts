import { fork, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A Node process of the stack: told what to do by messages, gone when we are. */
export interface Child {
  readonly pid: number;
  /** Settles when it is gone, however it ended. */
  readonly exited: Promise<void>;
  /** Sends a message and answers the next one of the type `answer`. */
  ask<T extends { type: string }>(
    message: { type: string },
    answer: T['type'],
    withinMs?: number,
  ): Promise<T>;
  /** Ends at once, as a crash would. */
  kill(): Promise<void>;
  /** Sends SIGTERM, insists after `withinMs`, and waits until it is gone. */
  stop(withinMs?: number): Promise<void>;
}

/**
 * Forks a module of ours and waits until it says `{ type: 'ready' }`. Its output goes to `log`, never to ours.
 *
 * @throws with the end of its log when it ends before, or is not ready within `withinMs`, a minute when absent
 */
export async function startChild<R extends { type: 'ready' }>(options: {
  name: string;
  module: URL;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  log: string;
  withinMs?: number;
}): Promise<Child & { readonly ready: R }> {
  const output = openSync(options.log, 'a', 0o600);
  const { file, execArgv } = programOf(options.module);
  const child = fork(file, options.args ?? [], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', output, output, 'ipc'],
    execArgv,
  });
  closeSync(output);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await firstMessage<R>(child, 'ready', options.withinMs ?? 60_000, exited).catch(
    async (error: unknown) => {
      child.kill('SIGKILL');
      const tail = (await readFile(options.log, 'utf8')).trim().split('\n').slice(-15).join('\n');
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${options.name} did not start: ${reason}; the end of ${options.log}:\n${tail}`);
    },
  );
  return {
    pid: child.pid ?? 0,
    exited,
    ready,
    async ask<Answer extends { type: string }>(
      message: { type: string },
      answer: Answer['type'],
      withinMs = 30_000,
    ) {
      const answered = firstMessage<Answer>(child, answer, withinMs, exited);
      // With a callback a channel that is closed emits no error: the end of the child is what is told.
      child.send(message, () => undefined);
      return answered;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop(withinMs = 15_000) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const insist = setTimeout(() => child.kill('SIGKILL'), withinMs);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(insist);
    },
  };
}

/** A module of ours as a program: from a source tree it is TypeScript, from `dist` JavaScript. */
export function programOf(module: URL): { readonly file: string; readonly execArgv: string[] } {
  const path = fileURLToPath(module);
  if (!import.meta.url.endsWith('.ts')) return { file: path, execArgv: process.execArgv };
  return { file: path.replace(/\.js$/, '.ts'), execArgv: ['--conditions=source', '--import', 'tsx'] };
}

async function firstMessage<T extends { type: string }>(
  child: ChildProcess,
  type: T['type'],
  withinMs: number,
  exited: Promise<void>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = (end: () => void) => {
      clearTimeout(timer);
      child.off('message', listen);
      end();
    };
    const listen = (message: unknown) => {
      if ((message as T).type === type) settle(() => resolve(message as T));
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no ${type} within ${withinMs} ms`))),
      withinMs,
    );
    child.on('message', listen);
    void exited.then(() => settle(() => reject(new Error(`it ended before it said ${type}`))));
  });
}
