import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Refusal } from '../../src/engine/base/errors.js';
import { replaceFile, type ReplaceOptions } from '../files/replace.js';
import type { View } from './view.js';
import type { EffectKey } from '../../src/engine/state/values.js';

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

/** A flag file: where it is configured, and which file that is now. */
export interface Place {
  /** As the environment's configuration says; it stays when a link is pointed elsewhere. */
  readonly configured: string;
  /** The file itself, where that is a link. */
  readonly file: string;
}

/**
 * Where the memory of a flag file is kept: beside it as it is configured, so that it stays when the file is reached
 * through a link; hidden, and by no name that a tool takes for that of a flag file.
 */
export function memoryFile(configured: string): string {
  const path = resolve(configured);
  return join(dirname(path), `.${basename(path)}.switchback`);
}

/** Reads the memory; an absent one is empty. Throws `Refusal` when it is damaged. */
export async function readMemory(place: Place): Promise<Memory> {
  return (await readMemoryText(place)).memory();
}

/** The memory as it stands on the disk: equal texts are equal memories. */
export async function readMemoryText(place: Place): Promise<{ text: string; memory(): Memory }> {
  const [text, older] = await Promise.all([textOf(memoryFile(place.configured)), textOf(olderFile(place))]);
  return {
    text: `${text}${older}`,
    memory: () =>
      newest(memoryIn(older, olderFile(place), place), memoryIn(text, memoryFile(place.configured), place)),
  };
}

/**
 * Reads the memory for a way back, which must go on without it: a damaged one is copied to `<memory>.damaged` and counts
 * as empty.
 */
export async function readMemoryOrStartAnew(place: Place): Promise<{ memory: Memory; damaged?: string }> {
  try {
    return { memory: await readMemory(place) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const damaged = `${memoryFile(place.configured)}.damaged`;
    for (const file of [olderFile(place), memoryFile(place.configured)]) {
      await copyFile(file, damaged).catch(ignoreAbsence);
    }
    return { memory: emptyMemory(), damaged };
  }
}

/** Writes the memory, without rollouts that did nothing for `keepFor` milliseconds. */
export async function writeMemory(
  place: Place,
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
  await replaceFile(
    memoryFile(place.configured),
    `${JSON.stringify({ ...memory, rollouts }, null, 2)}\n`,
    options,
  );
  await removeOlder(place);
}

/** Builds before kept it here: a name that tools which read all `*.json` of a directory take for a flag file. */
function olderFile({ file }: Pick<Place, 'file'>): string {
  return `${file}.switchback.json`;
}

/** Milliseconds after which no rollout of such a build is thought to be under way. */
const olderFor = 7 * 86_400_000;

/** What it says is in the new one by now; it goes when nobody who knows only its name writes it any more. */
async function removeOlder(place: Place): Promise<void> {
  const older = olderFile(place);
  const written = await stat(older).catch(ignoreAbsence);
  if (written && Date.now() - written.mtimeMs > olderFor) await rm(older, { force: true });
}

/** Of what both say of a flag and a rollout, what was touched last. */
function newest(older: Memory, memory: Memory): Memory {
  for (const [rollout, flags] of Object.entries(older.rollouts)) {
    const known = ownOr(memory.rollouts, rollout, {});
    for (const [flag, entry] of Object.entries(flags)) {
      if (ownOr(known, flag, entry).at < entry.at) known[flag] = entry;
    }
  }
  return memory;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    ignoreAbsence(error);
    return '';
  }
}

function memoryIn(text: string, file: string, place: Place): Memory {
  const memory = text === '' ? emptyMemory() : parse(text);
  if (memory?.format === 1 && typeof memory.rollouts === 'object') return memory;
  throw new Refusal(
    file,
    'is damaged: it says what rollouts did to the flags',
    `put it back from a backup, or remove it when no rollout touches ${place.file}`,
  );
}

function ignoreAbsence(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
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
