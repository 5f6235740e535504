import type { Act, Action, ReversibleUndo, Target, Undo } from '../engine/index.js';

export interface ActOptions<U extends Undo> {
  readonly why: string;
  readonly verify: string;
  readonly target: Target;
  readonly do: Action;
  readonly undo: U;
}

/**
 * The way out for a team's own actions: says itself how it is taken back.
 *
 * @example
 * act('warm-cache', {
 *   why: 'The first readers of the new columns must not be slow.',
 *   verify: 'the cache answers for every customer',
 *   target: 'cache:customers',
 *   do: { kind: 'cache.warm', input: { of: 'customers' } },
 *   undo: { type: 'nothing', because: 'what is cached expires by itself' },
 * });
 */
export function act<U extends Undo>(name: string, options: ActOptions<U>): Act<U> {
  return { type: 'act', id: `act/${name}`, ...options };
}

/**
 * An act whose failure an operator decides about (retry, skip or halt, or abort) instead of everything being taken back.
 * An irreversible one asks by itself.
 *
 * @example
 * askOnFailure(verifyParity(shapes));
 */
export function askOnFailure<U extends ReversibleUndo>(failing: Act<U>): Act<U> {
  return { ...failing, onFailure: 'ask' };
}
