import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '../../src/engine/errors.js';
import type { JsonObject } from '../../src/engine/json.js';
import type { Target } from '../../src/engine/plan.js';
import type { EffectKey } from '../../src/engine/ports.js';
import { withFileLock, type Held } from '../files/lock.js';
import { nameOf } from '../files/names.js';
import { replaceFile } from '../files/replace.js';
import { damaged, readRecord } from '../records/files.js';

/** One change of a target: written down before it begins, so that a crash leaves a trace. */
export interface Entry {
  readonly verb: 'apply' | 'undo' | 'restore';
  readonly step: string;
  readonly epoch: number;
  /** The target before the first attempt. */
  readonly before: JsonObject;
  /** Begun without an end: its request may still be on its way. `over`: it was waited out. */
  status: 'begun' | 'over' | 'done';
  /** The target when it was done. */
  after?: JsonObject;
  evidence?: JsonObject;
  /** What a stranger had done to the target before. */
  drift?: string;
}

/** What one rollout did to one target. */
export interface Book {
  readonly format: 1;
  readonly rollout: string;
  readonly target: Target;
  readonly entries: Entry[];
  /** Tries that must have no effect any more, and with each all older tries of its step. */
  readonly tombstones: { readonly step: string; readonly epoch: number }[];
  /** The target was restored: no try of any step up to this epoch touches it again; a second climb has higher ones. */
  closedUpTo?: number;
  /** The target as the last change that ended left it. */
  left?: JsonObject;
  /** The book before this one was damaged: nobody knows what was done. */
  lost?: true;
}

/** Work on a target while its lock is ours. */
export interface Session {
  readonly book: Book;
  /** Throws when the lock is ours no more. */
  readonly held: Held;
  save(): Promise<void>;
}

/**
 * Opens the book of a rollout and a target under the target's lock, which keeps attempts apart. A damaged one is a
 * `Refusal`; a way back puts it aside as `<file>.damaged` and goes on with an empty one that is marked `lost`.
 */
export async function withBook<T>(
  directory: string,
  { rollout, target }: { rollout: string; target: Target },
  { wayBack, signal }: { wayBack: boolean; signal: AbortSignal },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  // The name of a long id is a path: what belongs to an id stands under `=`, which no name contains.
  const place = join(directory, nameOf(target), '=');
  const file = join(place, `${nameOf(rollout)}.json`);
  await mkdir(dirname(file), { recursive: true });
  return withFileLock(
    join(place, 'target'),
    async (held) => {
      const book = await readBook(file, rollout, target, wayBack);
      const save = () => replaceFile(file, `${JSON.stringify(book, null, 2)}\n`, { guard: held });
      return work({ book, held, save });
    },
    signal,
  );
}

async function readBook(file: string, rollout: string, target: Target, wayBack: boolean): Promise<Book> {
  const empty: Book = { format: 1, rollout, target, entries: [], tombstones: [] };
  try {
    const book = (await readRecord(file)) as Book | undefined;
    if (book === undefined) return empty;
    if (book?.format === 1 && book.rollout === rollout && book.target === target) return book;
    throw damaged(file, `is not the book of ${rollout} and ${target}`);
  } catch (error) {
    if (!wayBack || !(error instanceof Refusal)) throw error;
    await copyFile(file, `${file}.damaged`);
    return { ...empty, lost: true };
  }
}

/** The change of one try, when it began. */
export function entryOf(book: Book, verb: Entry['verb'], { step, epoch }: EffectKey): Entry | undefined {
  return book.entries.find((entry) => entry.verb === verb && entry.step === step && entry.epoch === epoch);
}

/** Lets no try of the step up to this one have an effect any more. */
export function bury(book: Book, { step, epoch }: EffectKey): void {
  if (!isBuried(book, { step, epoch })) book.tombstones.push({ step, epoch });
}

/** Lets no try that there can have been have an effect any more, whichever step it is of. */
export function close(book: Book, { epoch }: EffectKey): void {
  const known = [...book.entries, ...book.tombstones].map((one) => one.epoch);
  book.closedUpTo = Math.max(epoch, book.closedUpTo ?? 0, ...known);
}

/** Whether a target was restored after a try, or while it was on its way. */
export function isClosed({ closedUpTo }: Book, { epoch }: EffectKey): boolean {
  return closedUpTo !== undefined && epoch <= closedUpTo;
}

/** Whether a try must not have an effect. */
export function isBuried({ tombstones }: Book, { step, epoch }: { step: string; epoch: number }): boolean {
  return tombstones.some((grave) => grave.step === step && epoch <= grave.epoch);
}
