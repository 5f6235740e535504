import type { JournalEvent } from '../../../src/engine/state/journal.js';

/** How many rows acts have written since the rollout began; undefined when none says so. */
export function rowsText(events: readonly JournalEvent[]): string | undefined {
  const counts = events.flatMap(({ type, evidence }) => {
    const rows = type === 'act-done' ? evidence?.['rows'] : undefined;
    return typeof rows === 'number' ? [rows] : [];
  });
  if (counts.length === 0) return undefined;
  const all = counts.reduce((sum, one) => sum + one, 0);
  return `${all.toLocaleString('en')} ${all === 1 ? 'row' : 'rows'}`;
}
