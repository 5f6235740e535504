import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DevOptions } from '../stack/dev.js';
import type { DemoDoor } from '../stack/shared-configuration.js';
import type { StackState } from '../../apps/config/state-file.js';

/** The process that owns the stack. It has a session of its own, so that Ctrl-C here does not end it. */
export interface Supervisor {
  readonly state: StackState;
  readonly stateFile: string;
  readonly ledgerFile: string;
  readonly door?: DemoDoor;
  /** Sends a message to the shop or its load and answers what they say. */
  relay<T>(to: 'shop' | 'load', message: { type: string; state?: string }, answer: string): Promise<T>;
  /** Lets the stack live on without us. */
  keep(): Promise<void>;
  stop(): Promise<void>;
}

interface Ready {
  readonly type: 'ready';
  readonly state: StackState;
  readonly stateFile: string;
  readonly ledgerFile: string;
  readonly door?: DemoDoor;
}

/**
 * Starts the stack in a process of its own. `onStart` gets a function that ends it at any time.
 *
 * @throws what kept the stack from starting
 */
export async function startSupervisor(
  options: DevOptions,
  onStart: (end: () => Promise<void>) => void,
): Promise<Supervisor> {
  const { onProgress, ...settings } = options;
  const module = fileURLToPath(new URL('../stack/dev-process.js', import.meta.url));
  const child = fork(module, [JSON.stringify({ ...settings, beside: true })], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // With a callback a channel that closes meanwhile emits no error: its end is awaited anyway.
    if (child.connected) child.send({ type: 'stop' }, () => undefined);
    else child.kill('SIGTERM');
    await exited;
  };
  onStart(stop);
  child.on('message', (message: { type: string; line?: string }) => {
    if (message.type === 'progress' && message.line !== undefined) onProgress(message.line);
  });

  const { state, stateFile, ledgerFile, door } = await next<Ready>(child, 'ready', exited);
  let last: Promise<unknown> = Promise.resolve();
  const ask = <A extends { type: string }>(order: object, answer: A['type']): Promise<A> => {
    // One order at a time: answers carry no number.
    const asked = last.then(() => {
      const answered = next<A>(child, answer, exited);
      child.send(order, () => undefined);
      return answered;
    });
    last = asked.catch(() => undefined);
    return asked;
  };
  return {
    state,
    stateFile,
    ledgerFile,
    ...(door && { door }),
    stop,
    async relay<T>(to: 'shop' | 'load', message: { type: string; state?: string }, answer: string) {
      const { value } = await ask<{ type: 'relayed'; value: T }>(
        { type: 'relay', to, message, answer },
        'relayed',
      );
      return value;
    },
    async keep() {
      await ask({ type: 'keep' }, 'kept');
      child.unref();
      child.disconnect();
    },
  };
}

async function next<A extends { type: string }>(
  child: ChildProcess,
  type: A['type'],
  exited: Promise<void>,
): Promise<A> {
  return new Promise<A>((resolve, reject) => {
    const listen = (message: { type: string; message?: string }) => {
      if (message.type === 'failed') settle(() => reject(new Error(message.message)));
      if (message.type === type) settle(() => resolve(message as A));
    };
    const settle = (end: () => void) => {
      child.off('message', listen);
      end();
    };
    child.on('message', listen);
    void exited.then(() => settle(() => reject(new Error('the local stack ended by itself'))));
  });
}
