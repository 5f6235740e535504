/** Milliseconds by which two clocks may differ without being called apart: a date in a header has whole seconds. */
export const together = 5_000;

/**
 * Milliseconds by which a server's clock is ahead of ours, from the date it put on an answer that has just come;
 * undefined when they agree, or when it does not say. An answer out of a cache has the date of another moment.
 */
export function clockAhead(headers: Headers, now: number): number | undefined {
  const date = headers.get('date');
  if (date === null || headers.has('age')) return undefined;
  const ahead = Date.parse(date) - now;
  return Math.abs(ahead) > together ? ahead : undefined;
}
