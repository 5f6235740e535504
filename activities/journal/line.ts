import { Refusal } from '../../src/engine/errors.js';
import { journalFormat, type JournalEntry } from '../../src/engine/journal.js';

/** An entry as one line of the file, without its line break. */
export function lineOf({ rollout, event, previous, hash }: JournalEntry): string {
  return JSON.stringify({ format: journalFormat, rollout, event, previous, hash });
}

/**
 * The entry of a line. Only the very bytes that `lineOf` writes are one, so that nothing can be changed, not even
 * spaces, without being found. Returns why not as text otherwise.
 */
export function parseLine(number: number, bytes: Buffer): JournalEntry | string {
  let entry: JournalEntry;
  try {
    entry = JSON.parse(bytes.toString('utf8')) as JournalEntry;
    if (Buffer.from(lineOf(entry)).equals(bytes) && isEntry(entry)) return entry;
  } catch {
    return `entry ${number} is not a line of a journal: it was damaged or changed after it was written`;
  }
  if (entry?.format > journalFormat)
    return `entry ${number} has format ${entry.format}, which is newer than this program`;
  return `entry ${number} was changed after it was written: it is not as the journal writes it`;
}

/** The lines of a file, each ended by its line break, and how many bytes they take; what follows was torn. */
export function splitLines(bytes: Buffer): { lines: Buffer[]; end: number } {
  const lines: Buffer[] = [];
  let end = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, end)) {
    lines.push(bytes.subarray(end, at));
    end = at + 1;
  }
  return { lines, end };
}

/** The entries of all lines. Throws `Refusal` that names the line which is none. */
export function parseLines(file: string, lines: readonly Buffer[]): JournalEntry[] {
  return lines.map((line, index) => {
    const entry = parseLine(index + 1, line);
    if (typeof entry !== 'string') return entry;
    throw new Refusal(`${file}, line ${index + 1}`, entry, 'put the journal back from a backup');
  });
}

function isEntry({ event, previous, hash }: JournalEntry): boolean {
  return Number.isInteger(event?.number) && typeof previous === 'string' && typeof hash === 'string';
}
