/**
 * The lower, the sooner. A person who waits is told first, a thread late, and numbers that were measured again last: many
 * questions that are open would take all that a channel takes.
 */
export const rank = {
  asking: 0,
  incident: 1,
  settled: 2,
  reminder: 3,
  root: 4,
  steps: 5,
  measured: 6,
} as const;
