import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../engine/errors.js';
import { stopLeftovers } from './leftovers.js';
import { isRunning } from './processes.js';
import { startStack, type Stack, type StackOptions } from './stack.js';
import { readStateFile, removeStateFile, stateFile, writeStateFile, type StackState } from './state-file.js';
import { provideTemporalCli } from './temporal-binary.js';

export type DevOptions = Omit<StackOptions, 'dir'>;

/** A stack whose addresses stand in a state file, for the commands of other terminals. */
export interface OpenStack {
  readonly stack: Stack;
  readonly stateFile: string;
  close(): Promise<void>;
}

/** What to expect of a stack that nobody tuned: enough customers to see, few enough for two cores. */
export const devDefaults = { customers: 100_000, requestsPerSecond: 120, candidate: 'good' } as const;

/**
 * Starts a stack in a new directory below the system's temporary one and writes its addresses to `file`.
 * What a killed owner of that file left running is stopped first.
 *
 * @throws Refusal when another stack runs under that file
 */
export async function openStack(options: DevOptions, file = stateFile()): Promise<OpenStack> {
  const other = await readStateFile(file);
  if (other && (await isRunning(other.owner.pid))) {
    throw new Refusal(
      `the local stack of process ${other.owner.pid}`,
      'runs already',
      'use it, or stop it with: switchback dev --stop',
    );
  }
  if (other) await stopLeftovers(other);

  const dir = await mkdtemp(join(tmpdir(), 'switchback-'));
  const discard = () => rm(dir, { recursive: true, force: true });
  const stack = await startStack({ ...options, dir }).catch(async (error: unknown) => {
    await discard();
    throw error;
  });
  const close = async () => {
    await stack.stop();
    // Only now: what could not be stopped is found by this file again.
    await removeStateFile(file);
    await discard();
  };
  try {
    await writeStateFile(stack.state, file);
  } catch (error) {
    // Nobody would find it, and its servers outlive us.
    await close();
    throw error;
  }
  return { stack, stateFile: file, close };
}

/** Keeps a stack up until SIGINT or SIGTERM. */
export async function runDev(options: DevOptions): Promise<void> {
  // Ctrl-C during a first build just ends us: nothing runs yet.
  if (!process.env.TEMPORAL_ADDRESS) await provideTemporalCli(options);
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const open = await openStack(options);
  for (const line of describe(open.stack.state)) options.onProgress(line);
  await stopped;
  options.onProgress('Stopping');
  await open.close();
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
