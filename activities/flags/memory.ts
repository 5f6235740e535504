import { copyFile, readFile } from 'node:fs/promises';
import { Refusal } from '../../src/engine/errors.js';
import type { EffectKey } from '../../src/engine/ports.js';
import { replaceFile, type ReplaceOptions } from '../files/replace.js';
import type { View } from './view.js';

/** What changes a flag. */
export type ChangeVerb = 'apply' | 'undo' | 'restore';

/** A change of a flag: written down before it is made (`done: false`), so that a crash between leaves a trace. */
export interface Change {
  readonly step: string;
  readonly epoch: number;
  /** Absent in a memory that an older version wrote. */
  readonly verb?: ChangeVerb;
  readonly before: View;
  readonly after: View;
  readonly done: boolean;
}

/** What one rollout did to one flag. */
export interface FlagMemory {
  /** Milliseconds since the epoch of the last entry. */
  at: number;
  /** Tries of steps whose `apply` began, with the percent they found. */
  applied: { readonly step: string; readonly epoch: number; readonly before: number }[];
  /** The change that was made last, by whichever verb. */
  last?: Change;
  /** Tries that must have no effect any more, and with each all older tries of its step. */
  tombstones: { readonly step: string; readonly epoch: number }[];
  /**
   * Restored: no try of any step up to the epoch `upTo` may expose the flag any more; a second climb has higher ones.
   * `drift` is what was found then.
   */
  restored?: {
    readonly step: string;
    readonly epoch: number;
    readonly upTo: number;
    readonly drift: readonly string[];
  };
}

/** The side file: by rollout and flag. */
export interface Memory {
  readonly format: 1;
  readonly rollouts: { [rollout: string]: { [flag: string]: FlagMemory } };
}

/** Where the memory of a flag file is kept. */
export function memoryFile(file: string): string {
  return `${file}.switchback.json`;
}

/** Reads the side file; an absent one is empty. Throws `Refusal` when it is damaged. */
export async function readMemory(file: string): Promise<Memory> {
  let text: string;
  try {
    text = await readFile(memoryFile(file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyMemory();
    throw error;
  }
  const memory = parse(text);
  if (memory?.format === 1 && typeof memory.rollouts === 'object') return memory;
  throw new Refusal(
    memoryFile(file),
    'is damaged: it says what rollouts did to the flags',
    `put it back from a backup, or remove it when no rollout touches ${file}`,
  );
}

/**
 * Reads the side file for a way back, which must go on without it: a damaged one is copied to `<side file>.damaged`
 * and counts as empty.
 */
export async function readMemoryOrStartAnew(file: string): Promise<{ memory: Memory; damaged?: string }> {
  try {
    return { memory: await readMemory(file) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const damaged = `${memoryFile(file)}.damaged`;
    await copyFile(memoryFile(file), damaged);
    return { memory: emptyMemory(), damaged };
  }
}

/** Writes the side file, without rollouts that did nothing for `keepFor` milliseconds. */
export async function writeMemory(
  file: string,
  memory: Memory,
  keepFor: number,
  options: ReplaceOptions,
): Promise<void> {
  const oldest = Date.now() - keepFor;
  const rollouts = Object.fromEntries(
    Object.entries(memory.rollouts).filter(([, flags]) =>
      Object.values(flags).some((flag) => flag.at >= oldest),
    ),
  );
  await replaceFile(memoryFile(file), `${JSON.stringify({ ...memory, rollouts }, null, 2)}\n`, options);
}

/** What the rollout did to the flag: the entry itself, made when missing and touched, to be changed in place. */
export function entryOf(memory: Memory, rollout: string, flag: string): FlagMemory {
  // Ids come from outside: `__proto__` must be a key like any other.
  const flags = ownOr(memory.rollouts, rollout, {});
  const entry = ownOr(flags, flag, { at: 0, applied: [], tombstones: [] });
  entry.at = Date.now();
  return entry;
}

/** Lets no try of the step up to this one have an effect any more. */
export function bury(entry: FlagMemory, { step, epoch }: EffectKey): void {
  if (!entry.tombstones.some((grave) => covers(grave, step, epoch))) entry.tombstones.push({ step, epoch });
}

/** The highest epoch under which this rollout can have touched the flag, with a verb of this one. */
export function newestEpoch({ applied, tombstones, restored }: FlagMemory, epoch: number): number {
  const known = [...applied, ...tombstones].map((one) => one.epoch);
  return Math.max(epoch, restored?.upTo ?? 0, ...known);
}

/** Why a try must not have an effect; undefined when it may. */
export function buried(entry: FlagMemory, { step, epoch }: EffectKey): string | undefined {
  if (entry.restored && epoch <= entry.restored.upTo) {
    return `the flag was restored: try ${epoch} of the step came too late`;
  }
  const found = entry.tombstones.some((grave) => covers(grave, step, epoch));
  return found ? `try ${epoch} of the step was undone or fenced` : undefined;
}

function covers(grave: FlagMemory['tombstones'][number], step: string, epoch: number): boolean {
  return grave.step === step && epoch <= grave.epoch;
}

function ownOr<T>(record: { [key: string]: T }, key: string, initial: T): T {
  if (!Object.hasOwn(record, key)) {
    Object.defineProperty(record, key, {
      value: initial,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return record[key]!;
}

function emptyMemory(): Memory {
  return { format: 1, rollouts: {} };
}

function parse(text: string): Memory | undefined {
  try {
    return JSON.parse(text) as Memory;
  } catch {
    return undefined;
  }
}
