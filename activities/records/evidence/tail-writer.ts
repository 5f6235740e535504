import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { textOf, type Line } from './lines.js';
import { sortTail } from './sort.js';

/**
 * Bytes after which a tail is sorted early: whoever reads, reads all of it, and while thousands of rollouts begin each
 * of them reads several times.
 */
const longestTail = 1_000_000;

interface Tail {
  readonly file: string;
  readonly begun: number;
  bytes: number;
}

/** Appends to a tail of its own in the directory of a day, and sorts it when it is old or long enough. */
export class TailWriter {
  #tail: Tail | undefined;
  /** Writes, and the end of tails, in order: a tail is not sorted while something is still being written to it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly place: string,
    private readonly sortAfter: number,
  ) {}

  /** One write for all lines. */
  async append(lines: readonly Line[]): Promise<void> {
    const tail = await this.#inOrder(() => this.#write(lines));
    // Not awaited: it takes a while, and nobody waits for it.
    if (tail.bytes >= longestTail || Date.now() - tail.begun >= this.sortAfter) void this.sort();
  }

  /** Sorts what was written until now. What cannot be sorted stays a tail, which is read all the same. */
  async sort(): Promise<void> {
    const tail = await this.#inOrder(() => {
      const ended = this.#tail;
      this.#tail = undefined;
      return Promise.resolve(ended);
    });
    if (tail !== undefined) await sortTail(tail.file, this.place).catch(() => undefined);
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(lines: readonly Line[]): Promise<Tail> {
    this.#tail ??= await this.#begin();
    const tail = this.#tail;
    const text = textOf(lines);
    const handle = await open(tail.file, 'a');
    try {
      await handle.appendFile(text);
    } finally {
      await handle.close();
    }
    tail.bytes += text.length;
    return tail;
  }

  async #begin(): Promise<Tail> {
    await mkdir(this.place, { recursive: true });
    const begun = Date.now();
    return { file: join(this.place, `${begun}-${randomBytes(6).toString('hex')}.tail`), begun, bytes: 0 };
  }
}
