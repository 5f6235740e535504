import { setTimeout as sleep } from 'node:timers/promises';

const every = 20;

/** Asks again and again until there is an answer. Throws when none comes within ten minutes. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  within = 600_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${within / 1_000} s in vain for ${what}`);
    await sleep(every);
  }
}
