import type { Target } from '../plan/plan.js';

/** A target as one calls it and, when that is another name for the same, as the other does. */
export function called(target: Target, as: Target | undefined): string {
  return as === undefined ? target : `${target} (there called ${as})`;
}
