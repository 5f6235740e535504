import { Refusal } from '../../src/engine/errors.js';
import { canonicalJson, type Json } from '../../src/engine/json.js';
import type { JournalEntry, JournalEvent } from '../../src/engine/journal.js';

/**
 * The events that go on where the entries end, without those that stand there already.
 * Throws `Refusal` when a number has another event, and an ordinary error at a gap: what is missing may still come.
 */
export function eventsToAdd(
  rollout: string,
  entries: readonly JournalEntry[],
  events: readonly JournalEvent[],
): JournalEvent[] {
  const present = entries.map((entry) => entry.event);
  for (const event of events) {
    if (!Number.isInteger(event.number) || event.number < 1) {
      throw new Refusal(
        `event ${event.number} of ${rollout}`,
        'is not numbered from 1',
        'number events from 1',
      );
    }
    const there = present[event.number - 1];
    if (there === undefined) {
      const expected = present.length + 1;
      if (event.number === expected) present.push(event);
      else
        throw new Error(
          `journal of ${rollout}: event ${event.number} came before event ${expected}; send it again`,
        );
    } else if (textOf(there) !== textOf(event)) {
      throw new Refusal(
        `event ${event.number} of ${rollout}`,
        `is already written as ${there.type} (${there.reason}), not as ${event.type} (${event.reason})`,
        'find out who writes a second history under this rollout id: written events are never replaced',
      );
    }
  }
  return present.slice(entries.length);
}

/** The text that is hashed. */
function textOf(event: JournalEvent): string {
  return canonicalJson(event as unknown as Json);
}
