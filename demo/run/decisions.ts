import type { JournalEvent } from '../../src/engine/index.js';

/** An accepted answer at a gate: whose it was, through which door, and who handed it in. */
export interface AcceptedAnswer {
  readonly by: string;
  readonly via: string;
  readonly submittedBy: string;
}

/** Accepted answers at gates, oldest first. */
export function acceptedAnswers(journal: readonly JournalEvent[]): readonly AcceptedAnswer[] {
  return journal.flatMap(({ type, by, via, submittedBy, evidence }) => {
    const isAnswer = evidence?.['decision'] === 'approve' || evidence?.['decision'] === 'reject';
    if (type !== 'decision' || !isAnswer || evidence?.['accepted'] !== true) return [];
    if (by === undefined || via === undefined || submittedBy === undefined) {
      throw new Error('the journal does not say by which way a decision came');
    }
    return [{ by, via, submittedBy }];
  });
}
