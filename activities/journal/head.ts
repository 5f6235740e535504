import { readFile } from 'node:fs/promises';
import { chainStart, type ChainFault, type JournalEntry } from '../../src/engine/journal.js';
import { replaceFile } from '../files/replace.js';
import type { Held } from '../files/lock.js';

/**
 * How far a journal had come when it last said "written". The chain alone cannot show that its last entries were cut
 * off, or that all of it was written anew: the head, kept beside it, can.
 */
export interface Head {
  readonly entries: number;
  readonly hash: string;
}

/** The head of an empty journal. */
export const emptyHead: Head = { entries: 0, hash: chainStart };

/** Reads the head beside a journal: undefined when there is none, `damaged` when it is no head. */
export async function readHead(file: string): Promise<Head | 'damaged' | undefined> {
  try {
    const { entries, hash } = JSON.parse(await readFile(file, 'utf8')) as Head;
    return Number.isInteger(entries) && typeof hash === 'string' ? { entries, hash } : 'damaged';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError || error instanceof TypeError) return 'damaged';
    throw error;
  }
}

/** Writes the head. */
export async function writeHead(file: string, rollout: string, head: Head, held: Held): Promise<void> {
  await replaceFile(file, `${JSON.stringify({ format: 1, rollout, ...head })}\n`, { guard: held });
}

/** The head that entries end in. */
export function headOf(entries: readonly JournalEntry[]): Head {
  return { entries: entries.length, hash: entries.at(-1)?.hash ?? chainStart };
}

/** What the head shows to be wrong with the entries. More entries than it knows are those of a crash before it. */
export function findHeadFault(head: Head, entries: readonly JournalEntry[]): ChainFault | undefined {
  if (entries.length < head.entries) {
    const number = entries.length + 1;
    return {
      number,
      reason: `entries ${number} to ${head.entries} are missing: the head says they were written`,
    };
  }
  const hash = head.entries === 0 ? chainStart : entries[head.entries - 1]?.hash;
  if (hash === head.hash) return undefined;
  const reason = `entry ${head.entries} is not the one that was written: the head has another hash`;
  return { number: head.entries, reason };
}
