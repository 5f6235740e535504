import type { Act, Action, Target, Undo } from '../engine/index.js';

export interface ActOptions<U extends Undo> {
  readonly why: string;
  readonly verify: string;
  readonly target: Target;
  readonly do: Action;
  readonly undo: U;
}

/** The way out for a team's own actions: says itself how it is taken back. */
export function act<U extends Undo>(name: string, options: ActOptions<U>): Act<U> {
  return { type: 'act', id: `act/${name}`, ...options };
}
