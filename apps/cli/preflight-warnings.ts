import type { JournalEvent } from '../../src/engine/state/journal.js';

/** What a preflight did not refuse, and whoever starts the rollout should know, a line for each. */
export function preflightWarnings(journal: readonly JournalEvent[]): string[] {
  return journal.flatMap(({ type, step, reason, evidence }) => {
    if (type === 'warning') return [`warning: ${step === undefined ? '' : `${step}: `}${reason}`];
    if (type !== 'preflight-passed') return [];
    const spots = Object.entries(evidence?.['blindSpots'] ?? {});
    return spots.map(([guard, spot]) => `warning: guard ${guard}: ${String(spot)}`);
  });
}
