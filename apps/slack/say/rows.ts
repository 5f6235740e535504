import type { JournalEvent } from '../../../src/engine/state/journal.js';

/** How many rows a backfill has written since the rollout began; undefined when none has. What is only compared is not. */
export function rowsText(events: readonly JournalEvent[]): string | undefined {
  const counts = events.flatMap(({ type, evidence }) => {
    const { rows, batches } = (type === 'act-done' && evidence) || {};
    return typeof rows === 'number' && typeof batches === 'number' ? [rows] : [];
  });
  if (counts.length === 0) return undefined;
  const all = counts.reduce((sum, one) => sum + one, 0);
  return `${all.toLocaleString('en')} ${all === 1 ? 'row' : 'rows'}`;
}
