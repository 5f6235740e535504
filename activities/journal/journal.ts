import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '../../src/engine/errors.js';
import {
  chainEntry,
  chainStart,
  findChainFault,
  type ChainFault,
  type JournalEntry,
  type JournalEvent,
} from '../../src/engine/journal.js';
import { withFileLock, type Held } from '../files/lock.js';
import { idOf, nameOf } from '../files/names.js';
import { filesBelow } from '../files/tree.js';
import { eventsToAdd } from './continuation.js';
import { emptyHead, findHeadFault, headOf, readHead, writeHead } from './head.js';
import { lineOf, parseLine, parseLines, splitLines } from './line.js';

/** Whether a journal is whole. */
export type JournalVerification =
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | { readonly ok: false; readonly fault: ChainFault };

/** The exported records of all rollouts: a chain of entries each. */
export interface Journal {
  /**
   * Adds events. Those that are there already are passed over. Throws `Refusal` when another event has the number or
   * the file is damaged, and an ordinary error at a gap, or when the disk does not take it.
   */
  append(rollout: string, events: readonly JournalEvent[]): Promise<void>;
  /** The entries of a rollout, none when it has no journal. Throws `Refusal` at a line that is none. */
  read(rollout: string): Promise<JournalEntry[]>;
  /** The ids of all rollouts that have a journal. */
  list(): Promise<string[]>;
  /** Reads a rollout's journal and says the first fault. Throws `Refusal` when it has none. */
  verify(rollout: string): Promise<JournalVerification>;
}

/** A journal as one file of JSON lines for each rollout in `<records>/journal`, with its head beside it. */
export function createJournal(records: string): Journal {
  const directory = join(records, 'journal');
  const fileOf = (rollout: string) => join(directory, `${nameOf(rollout)}.jsonl`);
  const headFileOf = (rollout: string) => join(directory, `${nameOf(rollout)}.head.json`);

  async function appendLocked(rollout: string, events: readonly JournalEvent[], held: Held): Promise<void> {
    const file = fileOf(rollout);
    const bytes = (await readIfThere(file)) ?? Buffer.alloc(0);
    const { lines, end } = splitLines(bytes);
    const entries = parseLines(file, lines);
    const head = (await readHead(headFileOf(rollout))) ?? emptyHead;
    const fault = head === 'damaged' ? headDamaged : findHeadFault(head, entries);
    if (fault) throw new Refusal(file, fault.reason, 'put the journal back from a backup before it goes on');

    const added: JournalEntry[] = [];
    for (const event of eventsToAdd(rollout, entries, events)) {
      added.push(chainEntry(rollout, event, (added.at(-1) ?? entries.at(-1))?.hash ?? chainStart));
    }
    await write(file, end, end < bytes.length, added, held);
    const all = [...entries, ...added];
    // Also when nothing was added: the process may have died between its two writes.
    if (head !== 'damaged' && head.entries !== all.length) {
      await writeHead(headFileOf(rollout), rollout, headOf(all), held);
    }
  }

  return {
    async append(rollout, events) {
      const file = fileOf(rollout);
      await mkdir(dirname(file), { recursive: true });
      await withFileLock(file, (held) => appendLocked(rollout, events, held));
    },

    async read(rollout) {
      const bytes = await readIfThere(fileOf(rollout));
      return bytes ? parseLines(fileOf(rollout), splitLines(bytes).lines) : [];
    },

    async list() {
      return (await filesBelow(directory, '.jsonl')).map(idOf).sort();
    },

    async verify(rollout) {
      // The head first: entries that are added meanwhile are then more than it knows, which is no fault.
      const head = await readHead(headFileOf(rollout));
      const bytes = await readIfThere(fileOf(rollout));
      if (!head && !bytes) {
        throw new Refusal(
          `journal of ${rollout}`,
          `does not exist in ${directory}`,
          'name a rollout that has one',
        );
      }
      const entries: JournalEntry[] = [];
      let damage: ChainFault | undefined;
      for (const [index, line] of splitLines(bytes ?? Buffer.alloc(0)).lines.entries()) {
        const entry = parseLine(index + 1, line);
        if (typeof entry !== 'string') entries.push(entry);
        else damage = { number: index + 1, reason: entry };
        if (damage) break;
      }
      const fault = findChainFault(rollout, entries) ?? damage ?? faultOfHead(head, entries);
      return fault ? { ok: false, fault } : { ok: true, entries: entries.length, head: headOf(entries).hash };
    },
  };
}

const headDamaged: ChainFault = {
  number: 0,
  reason: 'its head is damaged, so nobody can tell whether entries are missing',
};
const headMissing: ChainFault = {
  number: 0,
  reason:
    'its head is missing, so nobody can tell whether entries are; it comes back when the rollout writes again',
};

function faultOfHead(
  head: Awaited<ReturnType<typeof readHead>>,
  entries: readonly JournalEntry[],
): ChainFault | undefined {
  if (head === 'damaged') return headDamaged;
  return head ? findHeadFault(head, entries) : headMissing;
}

/** Cuts off what a crash left of a line, which nobody was told to be written, and adds the entries in one write. */
async function write(
  file: string,
  end: number,
  torn: boolean,
  entries: readonly JournalEntry[],
  held: Held,
): Promise<void> {
  if (!torn && entries.length === 0) return;
  const handle = await open(file, 'a');
  try {
    held();
    if (torn) await handle.truncate(end);
    await handle.appendFile(entries.map((entry) => `${lineOf(entry)}\n`).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
