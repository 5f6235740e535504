import { Refusal } from '../../src/engine/base/errors.js';

/** What was named does not exist. */
export class Absent extends Refusal {
  readonly absent = true;
}

/** The name that was given is another's. */
export class Taken extends Refusal {
  readonly taken = true;
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Absent;
}

export function isTaken(error: unknown): boolean {
  return error instanceof Taken;
}
