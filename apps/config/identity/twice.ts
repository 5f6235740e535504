import type { z } from 'zod';

/** Refuses entries of a list of which two have the same key: which of them counts would be a matter of order. */
export function refuseTwice<T>(
  all: readonly T[],
  keyOf: (entry: T) => string,
  path: readonly string[],
  context: z.core.$RefinementCtx,
): void {
  const seen = new Map<string, number>();
  for (const [index, entry] of all.entries()) {
    const key = keyOf(entry);
    const before = seen.get(key);
    const message = `entry ${before} of the list has it too; remove one of the two`;
    if (before !== undefined) context.addIssue({ code: 'custom', path: [index, ...path], message });
    else seen.set(key, index);
  }
}
