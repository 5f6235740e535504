import type { Answer } from '../../src/engine/state/messages.js';
import type { Answered } from '../../src/protocol/locks.js';

const mostAnswers = 100;

/** What decisions were answered, the newest last. */
export class Answers {
  readonly #all: Answered[];

  constructor(before: readonly Answered[]) {
    this.#all = [...before];
  }

  get all(): readonly Answered[] {
    return this.#all;
  }

  of(id: string): Answered | undefined {
    return this.#all.find((one) => one.id === id);
  }

  /**
   * Keeps an answer, and drops the oldest of too many; never one of which the signature still counts: sent once more it
   * would be carried out again, and whoever likes can send a hundred others in between.
   */
  keep(answered: Answered, now: number): void {
    this.#all.push(answered);
    for (let at = 0; this.#all.length > mostAnswers && at < this.#all.length;) {
      if ((this.#all[at]?.until ?? 0) < now) this.#all.splice(at, 1);
      else at += 1;
    }
  }
}

/** An id that stands for another decision must not make this one look as if it had been taken. */
export function answerAgain(
  { answer, what, by }: Answered,
  asked: { readonly id: string; readonly what: string; readonly by: string },
): Answer {
  if (what === undefined || (what === asked.what && by === asked.by)) return answer;
  return { accepted: false, reason: `key ${asked.id} stands for ${what} by ${by} already: give another` };
}
