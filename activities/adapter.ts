import type { Act, Action } from '../src/engine/plan.js';
import type { Capture, EffectKey, Evidence, Restored, Verification } from '../src/engine/ports.js';
import type { JsonObject } from '../src/engine/json.js';

/** What an adapter is given while it works. */
export interface Work {
  /** Fires when the rollout wants the work to stop; the adapter stops at the next safe place and throws. */
  readonly signal: AbortSignal;
  /** Says that the work lives and how far it is; call it at least once a second in long work. */
  heartbeat(progress: JsonObject): void;
}

/**
 * One system that acts can touch. Every verb is idempotent under its key and throws `Refusal` for what trying again
 * cannot mend, any other error for what it may.
 */
export interface Adapter {
  /** The first part of the action kinds it performs: `postgres` performs `postgres.addColumns`. */
  readonly name: string;
  /** Is the environment fit for the act (input, rights, versions, lag). Changes nothing. */
  check(act: Act, work: Work): Promise<Evidence>;
  /** The state of the act's target: what `restore` needs and `verify` compares. Changes nothing. */
  read(act: Act, work: Work): Promise<JsonObject>;
  apply(act: Act, key: EffectKey, work: Work): Promise<Evidence>;
  /** Performs `action` to take the act back, also after an apply that never ran, half ran, or is still to come. */
  undo(act: Act, action: Action, key: EffectKey, work: Work): Promise<Evidence>;
  /** Brings the target back to the capture in the fields we own; never raises exposure. */
  restore(act: Act, capture: Capture, key: EffectKey, work: Work): Promise<Restored>;
  /** After it, an apply of the key has no effect any more; says whether it had one. */
  fence(act: Act, key: EffectKey, work: Work): Promise<{ effect: 'none' | 'some' }>;
  /** Reads the target again and compares it with the capture, for all acts that touched it. */
  verify(acts: readonly Act[], capture: Capture, key: EffectKey, work: Work): Promise<Verification>;
}
