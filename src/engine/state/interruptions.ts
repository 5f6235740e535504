import type { Cause } from './state.js';

/** Thrown through the interpreter when the rollout has to be taken back (or halted, past the point of no return). */
export class RollBack extends Error {
  override readonly name = 'RollBack';

  constructor(readonly reason: Cause) {
    super(describeCause(reason));
  }
}

/** Thrown when an operator ends the rollout where it stands. */
export class Halt extends Error {
  override readonly name = 'Halt';
}

/** Thrown when exposure goes back to zero while the rollout stays. */
export class Retreat extends Error {
  override readonly name = 'Retreat';

  constructor(
    readonly by: string,
    readonly reason: string,
  ) {
    super(`${by} takes exposure back: ${reason}`);
  }
}

/** Thrown when the workflow was reset while it took everything back: whether it still may is looked up first. */
export class Reset extends Error {
  override readonly name = 'Reset';
}

/** Thrown where nothing is under way, to go on from the state in a new run. */
export class Renewal extends Error {
  override readonly name = 'Renewal';
}

/** A cause in one sentence. */
export function describeCause(cause: Cause): string {
  switch (cause.type) {
    case 'breach':
      return `guard ${cause.guard} failed: ${cause.reason}`;
    case 'drift':
      return `${cause.target} was raised by somebody else: ${cause.reason}`;
    case 'no-leave-from-guards':
      return `the guards did not give leave to expose anyone: ${cause.reason}`;
    case 'hold-expired':
      return `held too long: ${cause.reason}`;
    case 'act-failed':
      return `${cause.step} failed: ${cause.reason}`;
    case 'rejected':
      return `${cause.by} rejected ${cause.step}: ${cause.reason}`;
    case 'expired':
      return `${cause.step} expired: ${cause.reason}`;
    case 'aborted':
      return `${cause.by} aborted: ${cause.reason}`;
    case 'answered':
      return `${cause.by} answered a hold with roll back: ${cause.reason}`;
    case 'no-scope':
      return `its scope is not free: ${cause.reason}`;
    case 'no-quorum':
      return `nobody can open ${cause.step}: ${cause.reason}`;
    case 'halted':
      return cause.reason;
    case 'taken-back':
      return `${cause.by} takes ${cause.rollout} back: ${cause.reason}`;
    case 'reset':
      return `it was rolling back when its workflow was reset: ${cause.reason}`;
    case 'cancelled':
      return `the workflow was cancelled: ${cause.reason}`;
  }
}
