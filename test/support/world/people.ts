import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Message } from '../../../src/engine/state/messages.js';
import type { RolloutState } from '../../../src/engine/state/state.js';

/** What somebody sends, once they know how the rollout stands. */
export type Write = (state: RolloutState) => Message | undefined;

/** Somebody who acts a while after something was recorded, or at a time of their own. */
export interface Person {
  /** Reacts to the `nth` record (from 1) of this kind; every one when absent. */
  readonly on?: JournalEvent['type'];
  readonly nth?: number;
  /** Milliseconds after that record, or after the start. */
  readonly after: number;
  /** Whether they look at the rollout when the record is made (and answer late), or when they write. */
  readonly looks?: 'then' | 'when-writing';
  readonly write: Write;
}

export type Named<D> = D extends unknown ? Omit<D, 'by'> & { by: string; groups: readonly string[] } : never;

/** An approval that names everything right, by somebody of a group. */
export function approves(id: string, by: string, groups: readonly string[]): Write {
  return ({ gate, digest }) =>
    gate && { type: 'approve', id, by: { name: by, groups }, step: gate.step, epoch: gate.epoch, digest };
}

/** An operator's choice. */
export function resolves(
  id: string,
  choice: 'retry' | 'skip' | 'halt',
  groups: readonly string[] = ['owners'],
): Write {
  return () => ({ type: 'resolve', id, by: { name: 'olga', groups }, choice, reason: 'tested' });
}

/** Whoever comes when nobody else does, so that a rollout does not stand for ever. */
export function lastResort(state: RolloutState, count: number): Message | undefined {
  const by = { name: 'olga', groups: ['owners'] };
  const id = `last-resort-${count}`;
  if (state.stuck) {
    const choice = count < 3 ? 'retry' : 'halt';
    return { type: 'resolve', id, by, choice, reason: 'nobody else came' };
  }
  if (state.paused) return { type: 'resume', id, by, reason: 'nobody else came' };
  if (state.hold) return { type: 'answer', id, by, choice: 'roll-back', reason: 'nobody else came' };
  return undefined;
}
