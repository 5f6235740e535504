import type { JournalEvent } from '../../src/engine/state/journal.js';
import { now } from '../sdk/turns.js';
import { startExporter } from './exporter.js';

/** The journal of a workflow that never ends, as one of its runs writes it. */
export interface EnvironmentJournal {
  record(event: Omit<JournalEvent, 'number' | 'at'>): void;
  /** How many events it has. */
  readonly length: number;
  /** What has not left yet, in order. */
  readonly unsent: readonly JournalEvent[];
}

/**
 * @param id of the workflow, which is the journal's name
 * @param subject what it is the journal of
 * @param before how many events it has from the runs before, and which of them have not left
 */
export function openEnvironmentJournal(
  id: string,
  subject: string,
  before: { readonly length: number; readonly unsent?: readonly JournalEvent[] },
): EnvironmentJournal {
  const exporter = startExporter(id, 0, before.unsent ?? []);
  let { length } = before;
  const add = (event: Omit<JournalEvent, 'number' | 'at'>) => {
    length += 1;
    exporter.take({ number: length, at: now(), ...event });
  };
  return {
    record(event) {
      // Those before, which were terminated, may have exported a history of their own.
      if (length === 0) add({ type: 'started', reason: subject });
      add(event);
    },
    get length() {
      return length;
    },
    get unsent() {
      return exporter.unsent;
    },
  };
}
