import type { Plan } from '../plan/plan.js';
import type { Retreating, RolloutState, Unwinding } from '../state/state.js';
import type { Wait } from './wait.js';

/** The undo that is under way, and since when. */
export function undoing({
  steps,
  journal,
}: RolloutState): { readonly step: string; readonly since: number } | undefined {
  const [step] = Object.entries(steps).find(([, { status }]) => status === 'undoing') ?? [];
  if (step === undefined) return undefined;
  const began = journal.findLast((event) => event.type === 'undo-started' && event.step === step);
  return { step, since: began?.at ?? 0 };
}

/** What the wait is for while an undo is under way; nothing in between. */
export function untilUndone({ deadlines }: Plan, state: RolloutState): Partial<Wait> {
  const now = undoing(state);
  return now
    ? {
        waitingFor: `the undo of ${now.step} to end`,
        since: now.since,
        clears: 'its end',
        next: 'an operator is asked when it takes longer',
        nextAt: now.since + deadlines.undo,
      }
    : {};
}

/** What the wait is for while the application is asked whom it serves. */
export function untilUnserved(
  { deadlines }: Plan,
  progress: Unwinding | Retreating | undefined,
): Partial<Wait> {
  if (!progress?.asking) return {};
  const { target, since } = progress.asking;
  return {
    waitingFor: `the application to serve the candidate of ${target} to nobody any more`,
    since,
    clears: 'none of its answers coming from the candidate',
    next: 'an operator is asked when it takes longer',
    nextAt: since + deadlines.undo,
  };
}
