import { Refusal } from '../../../src/engine/base/errors.js';
import {
  chainStart,
  findChainFault,
  journalFormat,
  type ChainFault,
  type JournalEntry,
} from '../../../src/engine/state/journal.js';
import type { JournalVerification } from './journal.js';

/** An entry as one line of a file, without its line break. */
export function lineOf({ rollout, event, previous, hash }: JournalEntry): string {
  return JSON.stringify({ format: journalFormat, rollout, event, previous, hash });
}

/** A journal in a file. */
export interface FiledJournal {
  readonly rollout: string;
  readonly verification: JournalVerification;
  /** The entries up to the first that is none. */
  readonly read: readonly JournalEntry[];
}

/**
 * Checks the chain of a journal that was exported to a file, with nothing but the file. Whether it is the newest, and
 * whether its end was cut off, only the records know. Throws `Refusal` when it is no journal.
 */
export function verifyLines(name: string, text: string): FiledJournal {
  const entries: JournalEntry[] = [];
  let damage: ChainFault | undefined;
  const lines = text.split('\n');
  const torn = lines.pop() !== '';
  for (const line of lines) {
    const entry = parseLine(entries.length + 1, line);
    if (typeof entry === 'string') damage = { number: entries.length + 1, reason: entry };
    else entries.push(entry);
    if (damage) break;
  }
  if (torn) damage ??= { number: entries.length + 1, reason: 'its last line was cut off' };
  const rollout = entries[0]?.rollout;
  if (rollout === undefined) {
    throw new Refusal(
      name,
      damage?.reason ?? 'is empty',
      'name a file that "switchback journal export" wrote',
    );
  }
  const fault = findChainFault(rollout, entries) ?? damage;
  if (fault) return { rollout, verification: { ok: false, fault }, read: entries };
  const head = entries.at(-1)?.hash ?? chainStart;
  return { rollout, verification: { ok: true, entries: entries.length, head }, read: entries };
}

/**
 * The entry of a line. Only the very text that `lineOf` writes is one, so that nothing can be changed, not even spaces,
 * without being found. Returns why not as text otherwise.
 */
function parseLine(number: number, line: string): JournalEntry | string {
  let entry: JournalEntry;
  try {
    entry = JSON.parse(line) as JournalEntry;
    if (lineOf(entry) === line && isEntry(entry)) return entry;
  } catch {
    return `entry ${number} is not a line of a journal: it was damaged or changed after it was written`;
  }
  if (entry?.format > journalFormat)
    return `entry ${number} has format ${entry.format}, which is newer than this program`;
  return `entry ${number} was changed after it was written: it is not as the journal writes it`;
}

function isEntry({ event, previous, hash }: JournalEntry): boolean {
  return Number.isInteger(event?.number) && typeof previous === 'string' && typeof hash === 'string';
}
