import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStateFile, removeStateFile, stateFile, type StackState } from '../config/state-file.js';
import { programOf } from './child-process.js';
import { stopLeftovers } from './leftovers.js';
import { isRunning } from './processes.js';

/** What the program of the stack tells whoever forked it. */
type Told =
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'ready'; readonly state: StackState }
  | { readonly type: 'failed'; readonly name: string; readonly message: string };

/** The stack has the demo's shop in it: a program of its own, by its path, so that nothing here imports the demo. */
const stack = new URL('../../demo/stack/dev-process.js', import.meta.url);

/**
 * Keeps a stack up until SIGINT or SIGTERM.
 *
 * @throws what kept the stack from starting
 */
export async function runDev(onProgress: (line: string) => void): Promise<void> {
  const { file, execArgv } = programOf(stack);
  // Ctrl-C reaches both of us: only one of us may stop the servers.
  const child = fork(file, [], { execArgv, detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let failure: Error | undefined;
  child.on('message', (told: Told) => {
    if (told.type === 'progress') onProgress(told.line);
    if (told.type === 'ready') describe(told.state).forEach(onProgress);
    if (told.type === 'failed') failure = Object.assign(new Error(told.message), { name: told.name });
  });
  const stop = () => {
    onProgress('Stopping');
    child.send({ type: 'stop' }, () => undefined);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await exited;
  if (failure) throw failure;
}

/** Stops the stack of the state file from another terminal; answers false when none runs. */
export async function stopDev(file = stateFile()): Promise<boolean> {
  const state = await readStateFile(file);
  if (!state) return false;
  if (await isRunning(state.owner.pid)) {
    process.kill(state.owner.pid, 'SIGTERM');
    while (await isRunning(state.owner.pid)) await sleep(100);
  } else {
    await stopLeftovers(state);
    await removeStateFile(file);
  }
  return true;
}

function describe({ temporal, shop, config }: StackState): string[] {
  return [
    `Temporal   ${temporal.address}${temporal.uiUrl ? `, in the browser ${temporal.uiUrl}` : ''}`,
    `Shop       ${shop?.url}, metrics ${shop?.metricsUrl}`,
    `People     ana (team-checkout), ben (sre); configuration ${config}`,
    'Try        npx switchback start runbooks/split-customer-name.ts --wait',
    'Ctrl-C stops everything.',
  ];
}
