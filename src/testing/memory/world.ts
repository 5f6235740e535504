import type { Mutant } from '../../drill/mutants.js';
import { canonicalJson, type JsonObject } from '../../engine/base/json.js';
import { actsOf, type Act, type Action, type Plan, type Target } from '../../engine/plan/plan.js';
import type { Capture, EffectKey, Verification } from '../../engine/state/values.js';
import { flags } from './flags.js';
import { postgres } from './postgres.js';
import { systemOf, unknownSystem, type MemorySystem } from './system.js';

/** The targets of a plan, in memory. Its verbs keep the promises of an adapter: idempotent under their keys. */
export class World {
  readonly #known: readonly MemorySystem[];
  readonly #states = new Map<Target, JsonObject>();
  /** Tries that had their effect, with what they found. */
  readonly #applied = new Map<string, JsonObject>();
  /** Tries that must have none any more. */
  readonly #buried = new Set<string>();
  /** Ways back that were gone, to be gone once more. */
  readonly #waysBack: (() => void)[] = [];
  readonly #spoilt: Mutant | undefined;

  /**
   * @param systems systems of a team's own, and stand-ins for ours
   * @param spoilt a way back that does not do what it says
   */
  constructor(plan: Plan, systems: readonly MemorySystem[], spoilt?: Mutant) {
    this.#spoilt = spoilt;
    this.#known = [...systems, flags, postgres];
    for (const act of actsOf(plan)) this.#states.set(act.target, this.#systemOf(act.do).untouched);
  }

  read(target: Target): JsonObject {
    return this.#states.get(target) ?? {};
  }

  /** Everything there is, comparable. */
  all(): string {
    return canonicalJson(Object.fromEntries(this.#states));
  }

  apply(act: Act, key: EffectKey): void {
    const name = nameOf(key);
    if (this.#buried.has(name)) throw new Error('this try was taken back or fenced');
    const found = this.read(act.target);
    this.#perform(act.target, act.do);
    if (!this.#applied.has(name)) this.#applied.set(name, found);
  }

  undo({ id, target }: Act, action: Action, key: EffectKey): void {
    const name = nameOf(key);
    this.#buried.add(name);
    if (this.#spoiltAt(id) === 'does-nothing') return;
    const isKnown = systemOf(this.#known, action) !== undefined;
    const before = this.#applied.get(name) ?? this.read(target);
    this.#goBack(() => (isKnown ? this.#perform(target, action) : this.#states.set(target, before)));
  }

  restore(act: Act, { state }: Capture, key: EffectKey): void {
    this.#buried.add(nameOf(key));
    const spoilt = this.#spoiltAt(act.id);
    if (spoilt === 'does-nothing') return;
    const back = spoilt === 'stale' ? this.#systemOf(act.do).perform(state, act.do) : state;
    this.#goBack(() => this.#states.set(act.target, back));
  }

  fence(key: EffectKey): 'none' | 'some' {
    this.#buried.add(nameOf(key));
    return this.#applied.has(nameOf(key)) ? 'some' : 'none';
  }

  verify({ target, state }: Capture): Verification {
    const found = canonicalJson(this.read(target));
    const verified = found === canonicalJson(state);
    const reason = verified ? 'it is as it was captured' : `it is ${found}, not ${canonicalJson(state)}`;
    return { verified, reason, evidence: {} };
  }

  /** Goes every way back once more, in the same order: that must change nothing. */
  goBackAgain(): void {
    for (const wayBack of this.#waysBack) wayBack();
  }

  #spoiltAt(id: string): Mutant['spoiling'] | undefined {
    return this.#spoilt?.act === id ? this.#spoilt.spoiling : undefined;
  }

  #goBack(wayBack: () => void): void {
    wayBack();
    this.#waysBack.push(wayBack);
  }

  #perform(target: Target, action: Action): void {
    this.#states.set(target, this.#systemOf(action).perform(this.read(target), action));
  }

  #systemOf(action: Action): MemorySystem {
    return systemOf(this.#known, action) ?? unknownSystem(action.kind);
  }
}

function nameOf({ rollout, step, epoch }: EffectKey): string {
  return canonicalJson([rollout, step, epoch]);
}
