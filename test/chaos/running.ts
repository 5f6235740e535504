const running = new Set<() => Promise<void>>();

/** Remembers how to end a process of ours until that is called: nobody else does when we are interrupted. */
export function remember(end: () => Promise<void>): () => Promise<void> {
  running.add(end);
  return async () => {
    await end();
    running.delete(end);
  };
}

/** Ends everything that still runs. */
export async function endRunning(): Promise<void> {
  await Promise.allSettled([...running].map((end) => end()));
}
