import type { Verb } from '../../../src/engine/state/ports.js';

/** How the calls of one verb for one step go. */
export interface Behaviour {
  /** Milliseconds an attempt takes. */
  readonly takes?: number;
  /** How many attempts fail in all, over every call; `Infinity` fails for good. */
  readonly times?: number;
  /** How many attempts go well before the first that fails. */
  readonly spares?: number;
  /** Where a failing attempt fails: before its effect, half-way, or after it, with only its result lost. */
  readonly fails?: 'before' | 'half' | 'after';
  /**
   * What a cancelled or timed out attempt does: stops; ends as if nobody had asked; or says that it stopped, with an
   * effect that still lands later unless it is fenced.
   */
  readonly cancel?: 'obeys' | 'ignores' | 'lands-late';
  /** Milliseconds from cancelling to the result. */
  readonly cancelTakes?: number;
  /** Milliseconds from that result to the late effect. */
  readonly landsAfter?: number;
  /** Only the first so many calls fail where they are said to; later ones fail before their effect. */
  readonly callsWithEffect?: number;
}

export type Behaviours = { readonly [call: string]: Behaviour };

/** Where a behaviour is written down: by verb and step, or by verb alone for all calls of a verb. */
export function nameOf(verb: Verb, step: string | undefined): string {
  return step === undefined ? verb : `${verb} ${step}`;
}

/** Hands out behaviours and counts failures over all calls of a name. */
export class Faults {
  readonly #behaviours: Behaviours;
  readonly #begun = new Map<string, number>();
  readonly #spared = new Map<string, number>();
  readonly #failed = new Map<string, number>();

  constructor(behaviours: Behaviours) {
    this.#behaviours = behaviours;
  }

  #of(name: string): Required<Behaviour> {
    const [verb = ''] = name.split(' ');
    return { ...usual, ...this.#behaviours[verb], ...this.#behaviours[name] };
  }

  /** How a call that begins now goes; counts it. */
  begin(name: string): Required<Behaviour> {
    const begun = this.#begun.get(name) ?? 0;
    this.#begun.set(name, begun + 1);
    const behaviour = this.#of(name);
    return begun < behaviour.callsWithEffect ? behaviour : { ...behaviour, fails: 'before' };
  }

  /** Whether the attempt that ends now fails; counts it. */
  strikes(name: string): boolean {
    const spared = this.#spared.get(name) ?? 0;
    if (spared < this.#of(name).spares) {
      this.#spared.set(name, spared + 1);
      return false;
    }
    const failed = this.#failed.get(name) ?? 0;
    if (failed >= this.#of(name).times) return false;
    this.#failed.set(name, failed + 1);
    return true;
  }
}

const usual: Required<Behaviour> = {
  spares: 0,
  takes: 200,
  times: 0,
  fails: 'before',
  cancel: 'obeys',
  cancelTakes: 100,
  landsAfter: 5_000,
  callsWithEffect: Infinity,
};
