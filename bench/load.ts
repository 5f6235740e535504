/** How long each request took, in milliseconds, and how many came through in a second. */
export interface Load {
  readonly took: readonly number[];
  readonly perSecond: number;
}

/** So many ask at once: as many as people look at the same time, and not more than two cores can answer. */
const callers = 4;
const duration = 10_000;

/** Asks again and again for ten seconds. Throws what a request throws: a figure of failures says nothing. */
export async function load(ask: (nth: number) => Promise<unknown>): Promise<Load> {
  await ask(0);
  const took: number[] = [];
  const began = performance.now();
  let nth = 0;
  const caller = async () => {
    while (performance.now() - began < duration) {
      const sent = performance.now();
      await ask(nth++);
      took.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { took, perSecond: took.length / ((performance.now() - began) / 1_000) };
}
