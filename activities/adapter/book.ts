import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Target } from '../../src/engine/plan/plan.js';
import { TargetBusy, type BookOf, type BookStore, type OpenBook } from './book-store.js';
import type { EffectKey } from '../../src/engine/state/values.js';

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
  /** The book could not be read: nobody knows what was done. */
  lost?: true;
}

/** Work on a target while its lock is ours. */
export interface Session {
  readonly book: Book;
  /** Throws when the lock is ours no more. */
  readonly held: () => void;
  save(): Promise<void>;
}

/** How a book is opened. */
export interface Opening {
  readonly wayBack: boolean;
  readonly signal: AbortSignal;
}

/**
 * Opens the book of a rollout and a target under the target's lock, which keeps attempts apart. Without the store, and
 * with a book that cannot be read, the way forward fails. A way back waits for neither: it goes on with an empty book
 * that is marked `lost`, and what must not happen any more is written down as soon as the store answers.
 */
export async function withBook<T>(
  store: BookStore,
  of: BookOf,
  { wayBack, signal }: Opening,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const open = await store.open(of, signal).catch((error: unknown) => {
    if (!wayBack || error instanceof TargetBusy) throw error;
    signal.throwIfAborted();
    return undefined;
  });
  try {
    const book = readBook(open?.content, of, wayBack);
    if (!open) book.lost = true;
    return await (wayBack ? goBack(store, of, book, open, work) : goForward(book, open, work));
  } finally {
    await open?.close();
  }
}

function goForward<T>(book: Book, open: OpenBook | undefined, work: (session: Session) => Promise<T>) {
  return work({ book, held: () => open?.held(), save: async () => open?.save(book) });
}

/** What restores may be done by two at once: it sets what was captured. So it goes on also when the lock is lost. */
async function goBack<T>(
  store: BookStore,
  of: BookOf,
  book: Book,
  open: OpenBook | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let kept = open !== undefined;
  const save = async () => {
    if (kept) kept = await open!.save(book).then(yes, no);
  };
  try {
    return await work({ book, held: () => undefined, save });
  } finally {
    if (!kept) void keepLater(store, of, book);
  }
}

const yes = () => true;
const no = () => false;

/** Milliseconds between two tries to write down what a way back could not, and how often. */
const again = { every: 2_000, times: 1_800 } as const;

/** Writes down which tries must have no effect any more: one that was on its way when the store was lost finds it. */
async function keepLater(store: BookStore, of: BookOf, { tombstones, closedUpTo }: Book): Promise<void> {
  for (let left = again.times; left > 0; left--) {
    await sleep(again.every, undefined, { ref: false });
    const open = await store.open(of, AbortSignal.timeout(again.every)).catch(() => undefined);
    if (!open) continue;
    const book = readBook(open.content, of, true);
    for (const grave of tombstones) bury(book, grave);
    if (closedUpTo !== undefined) close(book, { epoch: closedUpTo });
    const saved = await open.save(book).then(yes, no);
    await open.close();
    if (saved) return;
  }
}

function readBook(content: unknown, { rollout, target }: BookOf, wayBack: boolean): Book {
  const empty: Book = { format: 1, rollout, target, entries: [], tombstones: [] };
  if (content === undefined) return empty;
  const book = content as Book | null;
  if (book?.format === 1 && book.rollout === rollout && book.target === target) return book;
  if (wayBack) return { ...empty, lost: true };
  throw new Refusal(
    `book of ${target} in ${rollout}`,
    'is none that this build can read',
    'put it back from a backup, or let the build that wrote it go on',
  );
}

/** The change of one try, when it began. */
export function entryOf(book: Book, verb: Entry['verb'], { step, epoch }: EffectKey): Entry | undefined {
  return book.entries.find((entry) => entry.verb === verb && entry.step === step && entry.epoch === epoch);
}

/** Lets no try of the step up to this one have an effect any more. */
export function bury(book: Book, { step, epoch }: { step: string; epoch: number }): void {
  if (!isBuried(book, { step, epoch })) book.tombstones.push({ step, epoch });
}

/** Lets no try that there can have been have an effect any more, whichever step it is of. */
export function close(book: Book, { epoch }: { epoch: number }): void {
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
