import { canonicalJson, type Json } from '../../engine/base/json.js';
import type { Guard } from '../../engine/plan/plan.js';

/** Guards by what they say: equal ones become the same object, and so do equal lists of them. */
export class Guards {
  readonly #guards = new Map<string, Guard>();
  readonly #lists = new Map<string, readonly Guard[]>();

  /** The one list that is equal to this one. */
  list(guards: readonly Guard[]): readonly Guard[] {
    const text = canonicalJson(guards as unknown as Json);
    const known = this.#lists.get(text);
    if (known !== undefined) return known;
    const shared = guards.map((guard) => this.#one(guard));
    this.#lists.set(text, shared);
    return shared;
  }

  #one(guard: Guard): Guard {
    const text = canonicalJson(guard as unknown as Json);
    const known = this.#guards.get(text) ?? guard;
    this.#guards.set(text, known);
    return known;
  }
}
