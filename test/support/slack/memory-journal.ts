import type { Journal } from '../../../activities/records/journal/journal.js';
import { chainEntry, chainStart, type JournalEntry } from '../../../src/engine/state/journal.js';

/** Journals that are forgotten with their process. */
export function memoryJournal(): Pick<Journal, 'read' | 'append' | 'list'> {
  const all = new Map<string, JournalEntry[]>();
  const entriesOf = (name: string) => all.get(name) ?? [];
  return {
    list: () => Promise.resolve([...all.keys()]),
    read: (name) => Promise.resolve([...entriesOf(name)]),
    append(name, events) {
      const entries = [...entriesOf(name)];
      for (const event of events) {
        if (event.number !== entries.length + 1)
          return Promise.reject(new Error(`${event.number} is taken, or too early`));
        entries.push(chainEntry(name, event, entries.at(-1)?.hash ?? chainStart));
      }
      all.set(name, entries);
      return Promise.resolve();
    },
  };
}
