import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Answer } from '../../src/engine/state/messages.js';

/** A decision that was answered before, as the journal has it. */
export interface Recorded {
  /** `approve`, `retry` and the like; undefined when whoever decided could not be authorised. */
  readonly name?: string;
  readonly by: string;
  readonly step?: string;
  readonly answer: Answer;
}

/** What was answered to the decision with an id; undefined when the journal does not know it. */
export function recordedDecision(journal: readonly JournalEvent[], id: string): Recorded | undefined {
  const event = journal.find(({ type, evidence }) => type === 'decision' && evidence?.['id'] === id);
  if (!event?.evidence) return undefined;
  const { decision, accepted, answer } = event.evidence;
  return {
    ...(typeof decision === 'string' && { name: decision }),
    by: event.by ?? '',
    ...(event.step !== undefined && { step: event.step }),
    answer: { accepted: accepted === true, reason: typeof answer === 'string' ? answer : '' },
  };
}
