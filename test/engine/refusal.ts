import { Refusal } from '../../src/engine/base/errors.js';
import { validate } from '../../src/engine/plan/validate.js';

/** What is said against a plan; throws when nothing is. */
export function refusal(value: unknown): Refusal {
  try {
    validate(value);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
