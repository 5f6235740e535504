import type { Message } from '../../../src/engine/state/messages.js';
import type { RolloutState } from '../../../src/engine/state/state.js';
import type { Clock } from './clock.js';
import type { Person } from './people.js';

/** The people of a script, listening to the journal. */
export class Crowd {
  readonly #heard = new Map<string, number>();
  readonly #clock: Clock;
  readonly #people: readonly Person[];
  readonly #state: () => RolloutState;
  readonly #arrive: (message: Message) => void;

  constructor(
    clock: Clock,
    people: readonly Person[],
    state: () => RolloutState,
    arrive: (message: Message) => void,
  ) {
    this.#clock = clock;
    this.#people = people;
    this.#state = state;
    this.#arrive = arrive;
    for (const person of people) if (!person.on) this.#plan(person);
  }

  hear(type: string): void {
    const count = (this.#heard.get(type) ?? 0) + 1;
    this.#heard.set(type, count);
    for (const person of this.#people) {
      if (person.on === type && (person.nth ?? count) === count) this.#plan(person);
    }
  }

  #plan(person: Person): void {
    if (person.looks === 'then') {
      // Just after the record: the state is complete then.
      this.#clock.after(0, () => {
        const message = person.write(this.#state());
        if (message) this.#clock.after(person.after, () => this.#arrive(message));
      });
      return;
    }
    this.#clock.after(person.after, () => {
      const message = person.write(this.#state());
      if (message) this.#arrive(message);
    });
  }
}
