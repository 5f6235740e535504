interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** A simulated clock: time passes only by jumping to the next thing that is due. Milliseconds since the epoch. */
export class Clock {
  #now: number;
  /** Ordered by time; things due at the same moment happen in the order in which they were planned. */
  readonly #due: Due[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  get now(): number {
    return this.#now;
  }

  /** Plans something; what lies in the past happens now. */
  at(time: number, run: () => void): void {
    const at = Math.max(time, this.#now);
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#due[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, { at, run });
  }

  after(length: number, run: () => void): void {
    this.at(this.#now + length, run);
  }

  /** Lets the next thing happen that is due no later than `until`; answers false when there is none. */
  step(until = Number.POSITIVE_INFINITY): boolean {
    const next = this.#due[0];
    if (!next || next.at > until) return false;
    this.#due.shift();
    this.#now = next.at;
    next.run();
    return true;
  }

  jumpTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }
}
