import type { JournalEvent } from '../../../src/engine/state/journal.js';

/**
 * Rows as the journal counts them: what backfills have written since the rollout began, of these what got back the values
 * of an earlier rollout, and what was set aside because only the new version knows it. What is only compared is not.
 */
export function rowsText(events: readonly JournalEvent[]): string {
  const counted = events.flatMap(({ type, evidence = {} }) =>
    type === 'act-done' || type === 'undone' ? [evidence] : [],
  );
  const fills = counted.filter(
    ({ rows, batches }) => typeof rows === 'number' && typeof batches === 'number',
  );
  const kept = counted.filter(({ setAside }) => typeof setAside === 'number');
  const sum = (of: typeof counted, member: string) =>
    of.reduce((total, one) => total + (typeof one[member] === 'number' ? one[member] : 0), 0);
  const [written, merged, setAside] = [sum(fills, 'rows'), sum(fills, 'merged'), sum(kept, 'setAside')];
  if (fills.length === 0 && kept.length === 0) return 'no step has counted any';
  const again = merged > 0 ? `, ${merged.toLocaleString('en')} of them from what was set aside before` : '';
  const aside = setAside > 0 ? rowsOf(setAside) : 'none';
  return `${rowsOf(written)} written${again}; ${aside} set aside`;
}

function rowsOf(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`;
}
