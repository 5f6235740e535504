import { Refusal } from '../../../src/engine/base/errors.js';
import { canonicalJson, type Json } from '../../../src/engine/base/json.js';
import { beginsHistory, type JournalEntry, type JournalEvent } from '../../../src/engine/state/journal.js';

/** What came before is not there: it may still come, or a database that was restored has lost it. */
export class EventsMissing extends Error {
  override readonly name = 'EventsMissing';

  constructor(rollout: string, came: number, expected: number) {
    super(`journal of ${rollout}: event ${came} came before event ${expected}; send it again`);
  }
}

/**
 * The events that go on where the entries end, without those that stand there already. A run that was reset writes a
 * history of its own after what was written before, from where it was reset to.
 * Throws `Refusal` when a number has another event, and `EventsMissing` at a gap.
 */
export function eventsToAdd(
  rollout: string,
  entries: readonly JournalEntry[],
  events: readonly JournalEvent[],
): JournalEvent[] {
  const histories = historiesOf(entries);
  let newest = histories.at(-1) ?? [];
  const added: JournalEvent[] = [];
  const add = (event: JournalEvent) => {
    newest.push(event);
    added.push(event);
  };
  for (const event of events) {
    if (!Number.isInteger(event.number) || event.number < 1) {
      throw new Refusal(
        `event ${event.number} of ${rollout}`,
        'is not numbered from 1',
        'number events from 1',
      );
    }
    // Also what the run before a reset had sent, and comes late.
    if (histories.some((history) => stands(event, history))) continue;
    const there = newest[event.number - 1];
    if (beginsHistory(event, newest.length)) {
      newest = newest.slice(0, event.number - 1);
      histories.push(newest);
      add(event);
    } else if (there === undefined) {
      const expected = newest.length + 1;
      if (event.number !== expected) throw new EventsMissing(rollout, event.number, expected);
      if (newest.length === 0) histories.push(newest);
      refuseFromBeforeReset(rollout, newest, event);
      add(event);
    } else {
      throw new Refusal(
        `event ${event.number} of ${rollout}`,
        `is already written as ${there.type} (${there.reason}), not as ${event.type} (${event.reason})`,
        'find out who writes a second history under this rollout id: written events are never replaced',
      );
    }
  }
  return added;
}

/** What the run before a reset still had under way must not be taken for the words of the run after it. */
function refuseFromBeforeReset(
  rollout: string,
  newest: readonly JournalEvent[],
  { number, at }: JournalEvent,
): void {
  const reset = newest.findLast(({ type }) => type === 'reset');
  if (!reset || at >= reset.at) return;
  throw new Refusal(
    `event ${number} of ${rollout}`,
    `is from before the reset of ${new Date(reset.at).toISOString()}`,
    'nothing: it came too late to be written',
  );
}

/** The events of every run, each from the first: those before a reset are in both. */
export function historiesOf(entries: readonly JournalEntry[]): JournalEvent[][] {
  const histories: JournalEvent[][] = [];
  for (const { event } of entries) {
    const newest = histories.at(-1) ?? [];
    if (histories.length === 0) histories.push(newest);
    else if (beginsHistory(event, newest.length)) histories.push(newest.slice(0, event.number - 1));
    histories.at(-1)?.push(event);
  }
  return histories;
}

function stands(event: JournalEvent, history: readonly JournalEvent[]): boolean {
  const there = history[event.number - 1];
  return there !== undefined && textOf(there) === textOf(event);
}

/** The text that is hashed. */
function textOf(event: JournalEvent): string {
  return canonicalJson(event as unknown as Json);
}
