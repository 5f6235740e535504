import type { House, Window } from '../../../src/engine/state/values.js';

/** What an environment asks of every rollout. Times are offsets from the start in milliseconds. */
export interface HouseScript {
  readonly shared?: boolean;
  /** Times in which nothing starts and nothing is raised; `unreadable` when nobody can tell. */
  readonly freezes?: readonly { readonly from: number; readonly to: number; readonly unreadable?: true }[];
  /** When somebody takes all of them out. */
  readonly calledOffAt?: number;
  /** When drills have proven the way back; they are asked for where it is given. */
  readonly drilledAt?: number;
  /** When a drill fails. */
  readonly drillFailsAt?: number;
  /** Who could open a gate, and since when. */
  readonly able?: readonly { readonly from: number; readonly people: readonly string[] }[];
}

/** The environment's side of a simulated world. */
export class SimulatedHouse {
  readonly facts: House | undefined;

  readonly #script: HouseScript;
  readonly #start: number;

  constructor(script: HouseScript, start: number) {
    this.#script = script;
    this.#start = start;
    const { shared, freezes, drilledAt } = script;
    if (!shared && !freezes && drilledAt === undefined) return;
    this.facts = {
      ...(shared && { shared }),
      ...(freezes && { calendars: true }),
      ...(drilledAt !== undefined && { drills: true }),
    };
  }

  able(now: number): readonly string[] {
    const { able = [] } = this.#script;
    return able.findLast(({ from }) => this.#start + from <= now)?.people ?? ['ann', 'bob', 'cat'];
  }

  window(now: number, promotes: boolean): Window {
    const at = now - this.#start;
    if (promotes) {
      const { drilledAt = Infinity, drillFailsAt = Infinity } = this.#script;
      const proof = { proven: true, reason: 'all came back', coverage: 1, worst: 4_000 };
      if (at >= drillFailsAt) {
        const reason = 'it did not come back in a drill from expose/a/100';
        const red = { ...proof, proven: false, reason, broken: reason };
        return { open: false, reason, undrilled: true, proof: red };
      }
      if (at >= drilledAt) return { open: true, proof: { ...proof, drilledAt: this.#start + drilledAt } };
      return { open: false, reason: 'its way back is not proven', undrilled: true };
    }
    const { freezes: all = [], calledOffAt = Infinity } = this.#script;
    const freezes = at < calledOffAt ? all : [];
    const freeze = freezes.find(({ from, to }) => from <= at && at < to);
    const reason = 'freeze: the end of the year';
    if (freeze?.unreadable) return { open: false, reason: 'freeze: it cannot be read', unreadable: true };
    if (freeze) return { open: false, reason, until: this.#start + freeze.to };
    const next = Math.min(...freezes.map(({ from }) => from).filter((from) => from > at));
    return { open: true, ...(next < Infinity && { until: this.#start + next }) };
  }
}
