import { canonicalJson, type JsonObject } from '../../src/engine/base/json.js';
import { entryOf, type Entry, type Session } from './book.js';
import type { EffectPlace } from './define.js';
import type { TargetOf } from './target.js';
import type { EffectKey, Findings } from '../../src/engine/state/values.js';

/** A change of a target, by an action or by restoring. */
export interface Change {
  /** Whether a state shows that it happened. */
  shows(state: JsonObject): boolean;
  change(place: EffectPlace<JsonObject>): Promise<JsonObject | void>;
  /** What should be seen, for people. */
  readonly wants: string;
  readonly drift?: string;
  /** What of the target counts as left by this rollout, when it was left otherwise on purpose; all of it when absent. */
  readonly leaves?: (after: JsonObject) => JsonObject;
}

/**
 * Changes the target and writes it into the book: begun before, done after, each with the state as read. What the
 * state shows already is not done again: the answer of the attempt that did it was lost, or it was so before.
 */
export async function perform(
  { book, save, held }: Session,
  { target, place, read }: TargetOf,
  verb: Entry['verb'],
  key: EffectKey,
  { shows, change, wants, drift, leaves = (after) => after }: Change,
): Promise<Findings> {
  place.signal.throwIfAborted();
  const before = await read();
  let entry = entryOf(book, verb, key);
  if (!entry) {
    entry = { verb, step: key.step, epoch: key.epoch, before, status: 'begun', ...(drift && { drift }) };
    book.entries.push(entry);
  }
  let after = before;
  let told: JsonObject | void = undefined;
  if (!shows(before)) {
    entry.status = 'begun';
    await save();
    held();
    told = await change({ ...place, key: `${key.rollout}/${key.step}/${verb}/${key.epoch}` });
    after = await read();
    if (!shows(after)) {
      throw new Error(`${target}: ${wants} is not to be seen afterwards: it is ${canonicalJson(after)}`);
    }
  }
  const evidence = { ...told, before: entry.before, after };
  Object.assign(entry, { status: 'done', after, evidence });
  book.left = leaves(after);
  await save();
  return evidence;
}

/** Whether a change had an effect: for one that never ended, as the state of now says. */
export function changed({ before, after }: Entry, state: JsonObject): boolean {
  return canonicalJson(before) !== canonicalJson(after ?? state);
}
