/**
 * What every start answers. When one fails the others are awaited first: a server that came up after everything was
 * stopped would be stopped by nobody.
 *
 * @throws what the first of the failed ones threw
 */
export async function allOrNone<T extends readonly unknown[]>(starts: {
  readonly [I in keyof T]: Promise<T[I]>;
}): Promise<T> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

/**
 * Ends what was started, last first, and forgets it. One that cannot be ended does not keep the others running.
 *
 * @throws what the first of the failed ones threw
 */
export async function endAll(started: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of started.splice(0).reverse()) {
    await end().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
