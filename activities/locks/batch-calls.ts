/** Asks for one; throws when its turn does not come in time, or when the call that it is in fails. */
export type Asks<A, R> = (asked: A) => Promise<R>;

interface Waiting<A, R> {
  readonly asked: A;
  resolve(answer: R): void;
  reject(error: unknown): void;
}

/**
 * One call at a time, for everybody who has asked since the one before began: whoever has to wait shares the next, so
 * that many who ask at once are no more calls than a few.
 *
 * @param call answers all that it is given, in their order
 * @param limits `most`: how many share a call; `turnWithin`: milliseconds until who waits for a call gives up
 */
export function batchCalls<A, R>(
  call: (all: readonly A[]) => Promise<readonly R[]>,
  { most, turnWithin }: { readonly most: number; readonly turnWithin: number },
): Asks<A, R> {
  const line: Waiting<A, R>[] = [];
  let calling = false;

  const answer = async (all: readonly Waiting<A, R>[]) => {
    try {
      const answers = await call(all.map(({ asked }) => asked));
      for (const [index, { resolve }] of all.entries()) resolve(answers[index]!);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  };
  const work = async () => {
    calling = true;
    while (line.length > 0) await answer(line.splice(0, most));
    calling = false;
  };

  return (asked) =>
    new Promise<R>((resolve, reject) => {
      const entry: Waiting<A, R> = { asked, resolve, reject };
      const tooLate = () => {
        const place = line.indexOf(entry);
        if (place < 0) return;
        line.splice(place, 1);
        reject(new Error('its turn did not come in time: others are still being answered'));
      };
      // Whoever is in a call by then is not in the line any more.
      setTimeout(tooLate, turnWithin).unref();
      line.push(entry);
      if (!calling) void work();
    });
}
