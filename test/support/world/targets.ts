import type { Act, Target } from '../../../src/engine/plan/plan.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Exposed, Look } from '../../../src/engine/state/look.js';

/** The state of every simulated target: flags have a percentage, tables a set of things acts did to them. */
export class Targets {
  readonly #flags = new Map<Target, number>();
  readonly #tables = new Map<Target, Set<string>>();
  /** What the rollout wrote last, and the how manieth of its writes that was. */
  readonly #left = new Map<Target, { readonly percent: number; readonly nth: number }>();
  #writes = 0;
  readonly #whenExposureChanges: () => void;

  constructor(flags: { readonly [target: Target]: number }, whenExposureChanges: () => void) {
    for (const [target, percent] of Object.entries(flags)) this.#flags.set(target as Target, percent);
    this.#whenExposureChanges = whenExposureChanges;
  }

  read(target: Target): JsonObject {
    if (isFlag(target)) return { percent: this.percentOf(target) };
    return { has: [...this.#table(target)].sort() };
  }

  percentOf(target: Target): number {
    return this.#flags.get(target) ?? 0;
  }

  /** The greatest share of users that has any candidate, beyond what they had before the rollout. */
  get exposed(): number {
    return Math.max(0, ...[...this.#flags.values()].filter((percent) => percent > before));
  }

  /** Does what the act does; the first half of it only when `half`. */
  apply(act: Act, half: boolean): void {
    if (isFlag(act.target)) {
      if (!half) this.#expose(act.target, act.exposure?.percent ?? 0);
      return;
    }
    const table = this.#table(act.target);
    // What an act without an undo fills lives in what another act made, and disappears with it.
    if (act.undo.type === 'nothing') return;
    table.add(`${act.id}#1`);
    if (!half) table.add(`${act.id}#2`);
  }

  /** Takes away what an act did, all or half of it. */
  remove(act: Act): void {
    const table = this.#table(act.target);
    table.delete(`${act.id}#1`);
    table.delete(`${act.id}#2`);
  }

  restore(target: Target, state: JsonObject): void {
    if (isFlag(target))
      return this.#expose(target, Math.min(state.percent as number, this.percentOf(target)));
    this.#tables.set(target, new Set(state.has as string[]));
  }

  has(act: Act): boolean {
    return [...this.#table(act.target)].some((thing) => thing.startsWith(`${act.id}#`));
  }

  /** What somebody does who knows nothing of the rollout. */
  byStranger(target: Target, percent: number): void {
    this.#flags.set(target, percent);
    this.#whenExposureChanges();
  }

  /** Whether a flag is as the rollout left it, as its adapter would tell. */
  look({ target }: Exposed, at: number): Look {
    const percent = this.percentOf(target);
    const left = this.#left.get(target);
    const about = {
      target,
      at,
      percent,
      reason: `${percent} %, left at ${left?.percent} %`,
      leftAt: left?.nth ?? 0,
    };
    if (!left) return { ...about, verdict: percent > before ? 'raised' : 'unwritten' };
    if (percent === left.percent) return { ...about, verdict: 'as-left' };
    return { ...about, verdict: percent > left.percent ? 'raised' : 'lowered' };
  }

  /** Whether a flag is not as the rollout wrote it last. */
  isStrangers(target: Target): boolean {
    const left = this.#left.get(target);
    return left !== undefined && left.percent !== this.percentOf(target);
  }

  #expose(target: Target, percent: number): void {
    this.#left.set(target, { percent, nth: (this.#writes += 1) });
    this.#flags.set(target, percent);
    this.#whenExposureChanges();
  }

  #table(target: Target): Set<string> {
    const found = this.#tables.get(target) ?? new Set<string>();
    this.#tables.set(target, found);
    return found;
  }
}

/** A flag that gives the candidate to at most so many percent did so before the rollout. */
export const before = 2;

export function isFlag(target: Target): boolean {
  return target.startsWith('flag:');
}
