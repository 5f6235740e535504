/** The lower, the sooner. A person who waits is told first, and a thread last. */
export const rank = { asking: 0, incident: 1, settled: 2, reminder: 3, root: 4, steps: 5 } as const;
