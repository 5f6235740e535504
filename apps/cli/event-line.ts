import type { JournalEvent } from '../../src/engine/state/journal.js';

/** A journal event as one line: time in UTC, number, what, which step, why and by whom. */
export function eventLine({ at, number, type, step, by, reason }: JournalEvent): string {
  const time = new Date(at).toISOString().slice(0, 23).replace('T', ' ');
  const what = [type, ...(step ? [step] : [])].join(' ');
  return `${time}  ${String(number).padStart(3)}  ${what}: ${reason}${by ? ` (${by})` : ''}`;
}
