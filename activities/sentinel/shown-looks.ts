import type { Target } from '../../src/engine/plan/plan.js';
import type { Look } from '../../src/engine/state/look.js';

/** Milliseconds for which a target has to be as it was left until that is believed: whoever changed it may be at it still. */
const calm = 5_000;

/**
 * Looks at the targets of one subscription, as its rollout is to hear of them. A store that cannot be read for a moment
 * is being written; a change that comes and goes each second is one change, which lasts.
 */
export class ShownLooks {
  readonly #newest = new Map<Target, Look>();
  readonly #shown = new Map<Target, Look>();
  readonly #fineSince = new Map<Target, number>();
  readonly #foreignSince = new Map<Target, number>();

  /** The newest look at each target, whatever its rollout hears. */
  get newest(): readonly Look[] {
    return [...this.#newest.values()];
  }

  get shown(): readonly Look[] {
    return [...this.#shown.values()];
  }

  take(look: Look): void {
    const { target, at, verdict } = look;
    const before = this.#newest.get(target);
    const shown = this.#shown.get(target);
    this.#newest.set(target, look);
    if (verdict === 'unread' && before?.verdict !== 'unread') return;
    if (!isFine(look)) this.#fineSince.delete(target);
    else if (!this.#fineSince.has(target)) this.#fineSince.set(target, at);
    if (isFine(look)) this.#foreignSince.delete(target);
    else if (!this.#foreignSince.has(target)) this.#foreignSince.set(target, at);
    const fineFor = at - (this.#fineSince.get(target) ?? at);
    if (isFine(look) && shown !== undefined && !isFine(shown) && fineFor < calm) return;
    this.#shown.set(target, look);
  }

  /**
   * Whether a rollout that knows `told` has to hear of it: of another verdict, of a change that is still there after the
   * rollout wrote the target itself, and of another share as often as of a guard's newer reason.
   */
  isNews(look: Look, told: Look | undefined): boolean {
    if (told === undefined || told.verdict !== look.verdict) return true;
    if (isFine(look)) return false;
    if (told.leftAt !== look.leftAt) return true;
    const since = this.#foreignSince.get(look.target) ?? look.at;
    return told.percent !== look.percent && look.at - told.at >= (look.at - since) / 10;
  }
}

function isFine({ verdict }: Look): boolean {
  return verdict === 'as-left' || verdict === 'unwritten';
}
