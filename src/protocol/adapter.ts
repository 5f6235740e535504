import type { Act, Action, Target } from '../engine/plan/plan.js';
import type { Exposed, Look } from '../engine/state/look.js';
import type { JsonObject } from '../engine/base/json.js';
import type {
  Capture,
  EffectKey,
  Findings,
  Observed,
  Restored,
  Verification,
} from '../engine/state/values.js';

declare global {
  /** Pure rooms know it by name alone: where an adapter runs, node says what it is. */
  interface AbortSignal {}
}

/** What an adapter is given while it works. */
export interface Work {
  /** Fires when the rollout wants the work to stop; the adapter stops at the next safe place and throws. */
  readonly signal: AbortSignal;
  /** Says how far long work is. That it lives is said by itself. */
  heartbeat(progress: JsonObject): void;
}

/**
 * One system that acts can touch. Every verb is idempotent under its key and throws `Refusal` for what trying again
 * cannot fix, any other error for what it may.
 */
export interface Adapter {
  /** The first part of the action kinds it performs: `postgres` performs `postgres.addColumns`. */
  readonly name: string;
  /**
   * What a target is, whatever it is called: paths of which one names everything below it. Throws when that cannot be
   * found out now. Absent, or empty, where a target has one name only.
   */
  identify?(target: Target, work: Work): Promise<readonly string[]>;
  /**
   * Is the environment fit for the act (input, rights, versions, lag). Changes nothing.
   *
   * @param acts all acts of the plan on the same target, in order
   */
  check(act: Act, work: Work, acts?: readonly Act[]): Promise<Findings>;
  /** The state of the act's target: what `restore` needs and `verify` compares. Changes nothing. */
  read(act: Act, work: Work): Promise<JsonObject>;
  apply(act: Act, key: EffectKey, work: Work): Promise<Findings>;
  /** Performs `action` to take the act back, also after an apply that never ran, half ran, or is still to come. */
  undo(act: Act, action: Action, key: EffectKey, work: Work): Promise<Findings>;
  /** Brings the target back to the capture in the fields we own; never raises exposure. */
  restore(act: Act, capture: Capture, key: EffectKey, work: Work): Promise<Restored>;
  /**
   * Ends when the application serves the candidate of the restored target to nobody; throws an ordinary error while it
   * does. Absent where there is no application to ask, or no way to ask it.
   */
  observe?(act: Act, capture: Capture, work: Work): Promise<Observed>;
  /** After it, an apply of the key has no effect any more; says whether it had one. */
  fence(act: Act, key: EffectKey, work: Work): Promise<{ effect: 'none' | 'some' }>;
  /** Reads the target again and compares it with the capture, for all acts that touched it. */
  verify(acts: readonly Act[], capture: Capture, key: EffectKey, work: Work): Promise<Verification>;
  /** How a person puts the target back as it was captured, while nothing of ours can. */
  byHand?(act: Act, capture: Capture): string;
  /**
   * Looks whether exposed targets are as their rollouts left them, reading each store once for all of them. Changes
   * nothing and never rejects; leaves out what was being written while it looked. Adapters that expose have it.
   */
  look?(exposed: readonly ExposedOf[], signal: AbortSignal): Promise<readonly (Look | undefined)[]>;
}

/** An exposed target with the rollout that it is looked at for. */
export interface ExposedOf extends Exposed {
  readonly rollout: string;
}

/** A target that could not be read: that is no pass, and says nothing of who has the candidate. */
export function unread({ target }: ExposedOf, at: number, reason: string): Look {
  return { target, verdict: 'unread', at, reason: `it cannot be read: ${reason}` };
}
