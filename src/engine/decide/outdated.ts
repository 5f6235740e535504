import type { JournalEvent, JournalEventType } from '../state/journal.js';
import type { Decision, DecisionType } from '../state/messages.js';

/** What nobody can have meant who had not seen it. What makes things safer is never too late. */
const newer: { readonly [T in DecisionType]?: readonly JournalEventType[] } = {
  resume: ['paused', 'resumed', 'retreating', 'needs-operator'],
  answer: ['question', 'hold', 'hold-cleared'],
  advance: ['watch-started', 'watch-extended'],
  extend: ['watch-started', 'watch-extended', 'gate-opened'],
  'break-glass': ['window-closed', 'window-opened'],
  resolve: ['needs-operator'],
  halt: ['unwinding', 'no-return', 'needs-operator'],
};

/** Those whose effect is no event of its own: that it was accepted is. */
const withoutEvent: ReadonlySet<DecisionType> = new Set(['answer', 'extend']);

function isAccepted({ type, evidence }: JournalEvent, decided: DecisionType): boolean {
  if (type !== 'decision' || !withoutEvent.has(decided)) return false;
  return evidence?.['accepted'] === true && evidence['decision'] === decided;
}

/**
 * Why a decision that says what its maker had seen comes too late: something has begun since that he would lift or answer
 * unseen. So it is neither sent again later, when its first answer is forgotten, nor taken for the next question of the
 * same kind. What is bound to a gate and its epoch needs none of this.
 */
export function outdatedBy(
  journal: readonly JournalEvent[],
  { type, seen }: Pick<Decision, 'type' | 'seen'>,
): string | undefined {
  if (seen === undefined) return undefined;
  const last = journal.at(-1)?.number ?? 0;
  if (seen > last)
    return `it was decided at entry ${seen} of a journal that has ${last}: it is of another rollout`;
  const types = newer[type];
  if (!types) return undefined;
  // The oldest entries are not carried into a new run: what nobody knows any more may be one of them.
  if (seen < (journal[0]?.number ?? 1) - 1) return 'it was decided long before: look, and decide again';
  const since = journal.findLast(
    (event) => event.number > seen && (types.includes(event.type) || isAccepted(event, type)),
  );
  return since && `it was decided before entry ${since.number} (${since.type}): look, and decide again`;
}
