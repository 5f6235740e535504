import type { Journal } from '../../../activities/records/journal/journal.js';
import type { Shown } from '../../../src/identity/claims.js';

/** Somebody tried to decide something, and no rollout was there that could write it down. */
export interface Attempt {
  readonly by: string;
  /** What they wanted: `approve`. */
  readonly wanted: string;
  /** What it was about; absent where nobody knows. */
  readonly rollout?: string;
  readonly step?: string;
  readonly reason: string;
  /** The same for the same click. */
  readonly id: string;
  readonly shown?: Shown;
}

const mostTries = 5;

/**
 * Writes attempts that no rollout's journal can take any more into a journal of the door's own, one for each month:
 * `slack/<environment>/2026-12`. The same click stands there once. Answers whether it does.
 */
export async function noteAttempt(
  journal: Pick<Journal, 'read' | 'append'>,
  environment: string,
  { by, wanted, rollout, step, reason, id, shown }: Attempt,
  now = Date.now(),
): Promise<boolean> {
  const name = `slack/${environment}/${new Date(now).toISOString().slice(0, 7)}`;
  const evidence = {
    id,
    decision: wanted,
    accepted: false,
    answer: reason,
    ...(rollout !== undefined && { rollout }),
    ...(shown && { shown: { ...shown } }),
  };
  for (let tries = 0; tries < mostTries; tries++) {
    const entries = await journal.read(name);
    if (entries.some(({ event }) => event.evidence?.['id'] === id)) return true;
    const event = {
      number: (entries.at(-1)?.event.number ?? 0) + 1,
      at: now,
      type: 'decision',
      reason: `${wanted}${rollout === undefined ? '' : ` for ${rollout}`}: refused, ${reason}`,
      by,
      via: 'slack',
      ...(step !== undefined && { step }),
      evidence,
    } as const;
    try {
      await journal.append(name, [event]);
      return true;
    } catch (error) {
      // Another process has taken the number: the next one is tried. What else there is shows by the last.
      if (tries + 1 === mostTries) throw error;
    }
  }
  return false;
}
