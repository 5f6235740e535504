import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../../src/engine/base/errors.js';
import { stopLeftovers } from '../../apps/local/leftovers.js';
import { isRunning } from '../../apps/local/processes.js';
import { startStack, type Stack, type StackOptions } from './stack.js';
import { readStateFile, removeStateFile, stateFile, writeStateFile } from '../../apps/config/state-file.js';

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
