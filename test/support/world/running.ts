import type { Result, Running } from '../../../src/engine/state/ports.js';
import type { Clock } from './clock.js';
import type { Behaviour, Faults } from './faults.js';

/** Milliseconds between two attempts, and between those that are counted. */
const backoff = 2_000;
const shortBackoff = 300;

/** One call of a verb: attempts until one succeeds, `within` is over, or it is cancelled. */
export class SimulatedCall<T> implements Running<T> {
  result: Result<T> | undefined;
  #cancelled = false;
  #over = false;
  #attempts = 0;
  readonly #deadline: number;
  readonly #behaviour: Required<Behaviour>;
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #name: string;
  readonly #effect: (half: boolean) => T;
  readonly #onEnd: (result: Result<T>) => void;
  readonly #onCancel: () => void;
  readonly #tries: number;

  constructor(
    clock: Clock,
    faults: Faults,
    name: string,
    effect: (half: boolean) => T,
    within: number,
    onEnd: (result: Result<T>) => void,
    onCancel: () => void,
    tries: number = Infinity,
  ) {
    this.#clock = clock;
    this.#faults = faults;
    this.#name = name;
    this.#effect = effect;
    this.#onEnd = onEnd;
    this.#onCancel = onCancel;
    this.#tries = tries;
    this.#deadline = clock.now + within;
    this.#behaviour = faults.begin(name);
    this.#attempt();
  }

  cancel(): void {
    if (this.result || this.#cancelled) return;
    this.#cancelled = true;
    this.#onCancel();
    const { cancel, cancelTakes } = this.#behaviour;
    if (cancel === 'ignores') return;
    this.#over = true;
    this.#landLate(cancelTakes);
    this.#clock.after(cancelTakes, () => this.#end({ ok: false, error: 'cancelled', cancelled: true }));
  }

  #attempt(): void {
    const { takes } = this.#behaviour;
    this.#attempts += 1;
    const endsAt = this.#clock.now + takes;
    if (endsAt > this.#deadline) this.#clock.at(this.#deadline, () => this.#timeOut());
    else this.#clock.at(endsAt, () => this.#finish());
  }

  #timeOut(): void {
    if (this.#over) return;
    this.#over = true;
    const { fails, times } = this.#behaviour;
    if (times > 0 && fails !== 'before') this.#quietly(fails === 'half');
    this.#landLate(0);
    this.#end({ ok: false, error: 'timed out', cancelled: false });
  }

  #finish(): void {
    if (this.#over) return;
    if (this.#faults.strikes(this.#name)) return this.#fail();
    try {
      this.#end({ ok: true, value: this.#effect(false) });
    } catch (error) {
      this.#end({ ok: false, error: (error as Error).message, cancelled: false });
    }
  }

  #fail(): void {
    const { fails, takes } = this.#behaviour;
    if (fails !== 'before') this.#quietly(fails === 'half');
    const wait = this.#tries === Infinity ? backoff : shortBackoff;
    const last = this.#attempts >= this.#tries || this.#clock.now + wait + takes > this.#deadline;
    if (this.#cancelled || last) {
      return this.#end({
        ok: false,
        error: `simulated: failed ${fails} its effect`,
        cancelled: this.#cancelled,
      });
    }
    this.#clock.after(wait, () => {
      if (!this.#over) this.#attempt();
    });
  }

  #landLate(delay: number): void {
    const { cancel, landsAfter } = this.#behaviour;
    if (cancel === 'lands-late') this.#clock.after(delay + landsAfter, () => this.#quietly(false));
  }

  /** An effect whose result nobody hears; fenced, it does not happen. */
  #quietly(half: boolean): void {
    try {
      this.#effect(half);
    } catch {
      // Fenced: the adapter refused it, and there is nobody to tell.
    }
  }

  #end(result: Result<T>): void {
    if (this.result) return;
    this.#over = true;
    this.result = result;
    this.#onEnd(result);
  }
}
