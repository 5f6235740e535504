import { canonicalJson, type Json } from '../../../src/engine/base/json.js';
import { beginsHistory, type JournalEntry, type JournalEvent } from '../../../src/engine/state/journal.js';
import { historiesOf } from './continuation.js';

/** How an exported journal stands to the history of its rollout. */
export type Comparison =
  /** How many events of the history have not been exported yet. */
  | { readonly equal: true; readonly notYetExported: number }
  /** The number of the first event that is another one, or missing, in the journal. */
  | { readonly equal: false; readonly at: number };

/**
 * Compares what was exported with what the workflow says. After a reset that is the run which goes on: what those before
 * had written from there on stands in the journal alone, and may have been reset to itself. What a rollout of many runs
 * does not carry any more is not compared.
 */
export function compareWithHistory(
  entries: readonly JournalEntry[],
  history: readonly JournalEvent[],
): Comparison {
  const histories = historiesOf(entries);
  const exported = histories.at(-1) ?? [];
  const from = history[0]?.number ?? 1;
  if (exported.length < from - 1) return { equal: false, at: exported.length + 1 };
  const comparable = exported.slice(from - 1);
  const reset = history.findLastIndex(({ type }) => type === 'reset');
  const stands = (event: JournalEvent, index: number) => {
    const said = history[index];
    if (isSame(event, said)) return true;
    // Of several resets the last may have been to a run that was left before: what was before it stands in any of them.
    return index < reset && histories.some((one) => one.some((other) => isSame(other, said)));
  };
  const differs = comparable.findIndex((event, index) => !stands(event, index));
  if (differs < 0) return { equal: true, notYetExported: history.length - comparable.length };
  // The run after a reset has not exported its first events yet: the reset itself, or the start that it was reset to.
  const [event, next] = history.slice(differs);
  const wasReset = event?.type === 'reset' || next?.type === 'reset';
  const older = (left: JournalEvent) => event !== undefined && left.at <= event.at;
  if (event && wasReset && beginsHistory(event, exported.length) && comparable.slice(differs).every(older)) {
    return { equal: true, notYetExported: history.length - differs };
  }
  return { equal: false, at: from + differs };
}

function isSame(one: JournalEvent, other: JournalEvent | undefined): boolean {
  return other !== undefined && textOf(one) === textOf(other);
}

function textOf(event: JournalEvent): string {
  return canonicalJson(event as unknown as Json);
}
