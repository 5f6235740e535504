import type { output, ZodType } from 'zod';
import { milliseconds, type Duration } from '../../src/engine/base/duration.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';

/** Where a function of an adapter works. */
export interface Place<Settings> {
  /** The target without its kind: `orders` of `queue:orders`. */
  readonly name: string;
  /** How the environment reaches the system: from its configuration. */
  readonly settings: Settings;
  /** Fires when the rollout wants the work to stop: give it to every request, and throw. */
  readonly signal: AbortSignal;
  /** Says how far long work is. That it lives is said by itself. */
  heartbeat(progress: JsonObject): void;
}

/** Where a function works that changes the target. */
export interface EffectPlace<Settings> extends Place<Settings> {
  /** The same for every attempt of one try of one step, different for any other: for systems that take such a key. */
  readonly key: string;
}

/** One action: from its input to a state of the target that shows it. */
export interface ActionDefinition<Input extends ZodType<JsonObject>, Settings, State> {
  /** What the plan gives it: the `input` of the `action(...)` that runbooks use. */
  readonly input: Input;
  /** Is the environment fit: rights, versions, limits. Changes nothing; throws `Refusal` with the fix. */
  check?(place: Place<Settings> & { readonly input: output<Input> }): Promise<void>;
  /** Whether a state shows what the action wants. Pure. Tells an effect whose answer was lost, and one that failed. */
  shows(seen: { readonly state: State; readonly input: output<Input> }): boolean;
  /**
   * Changes the target until `shows` is true. Called again after a crash or an error, with the same key, when `shows`
   * is not true yet: repeating it must do no harm. Answers what people may want to know.
   */
  apply(place: EffectPlace<Settings> & { readonly input: output<Input> }): Promise<JsonObject | void>;
}

type Inputs = { readonly [action: string]: ZodType<JsonObject> };

/** A team's own kind of target: how it is read, put back and acted on. */
export interface AdapterDefinition<
  Settings extends ZodType<JsonObject>,
  State extends ZodType<JsonObject>,
  Actions extends Inputs,
> {
  /** Kind of its targets and first part of its actions: `queue` acts on `queue:orders` by `queue.resize`. */
  readonly name: string;
  /** What the environment's configuration says of the system. */
  readonly settings: Settings;
  /** What `read` answers: what the actions change, and nothing that changes by itself. */
  readonly state: State;
  /** How long after it was given up a request can still take effect: as long is waited before the next one. */
  readonly landsWithin: Duration;
  /** The target as it is now, not as a cache remembers it. */
  read(place: Place<output<Settings>>): Promise<output<State>>;
  /** Makes `read` answer the captured state again. Repeating it must do no harm. */
  restore(place: EffectPlace<output<Settings>> & { readonly captured: output<State> }): Promise<void>;
  readonly actions: {
    readonly [A in keyof Actions]: ActionDefinition<Actions[A], output<Settings>, output<State>>;
  };
}

/** An adapter whose types are its own affair. */
export interface DefinedAdapter {
  readonly name: string;
  readonly settings: ZodType<JsonObject>;
  readonly state: ZodType<JsonObject>;
  /** Milliseconds. */
  readonly landsWithin: number;
  read(place: Place<JsonObject>): Promise<JsonObject>;
  restore(place: EffectPlace<JsonObject> & { readonly captured: JsonObject }): Promise<void>;
  readonly actions: {
    readonly [action: string]: ActionDefinition<ZodType<JsonObject>, JsonObject, JsonObject>;
  };
}

const brand = Symbol.for('switchback.adapter');

/**
 * Declares a team's own adapter. Throws `Refusal` for a name or an action that cannot be one.
 *
 * @example
 * export default defineAdapter({
 *   name: 'queue',
 *   settings: z.object({ url: z.url() }),
 *   state: z.object({ consumers: z.number() }),
 *   landsWithin: '5s',
 *   read: async ({ name, settings, signal }) => consumersOf(settings.url, name, signal),
 *   restore: async ({ name, settings, captured, signal }) => {
 *     await setConsumers(settings.url, name, captured, signal);
 *   },
 *   actions: {
 *     resize: {
 *       input: resize.input,
 *       shows: ({ state, input }) => state.consumers === input.consumers,
 *       apply: async ({ name, settings, input, signal }) => setConsumers(settings.url, name, input, signal),
 *     },
 *   },
 * });
 */
export function defineAdapter<
  Settings extends ZodType<JsonObject>,
  State extends ZodType<JsonObject>,
  Actions extends Inputs,
>(definition: AdapterDefinition<Settings, State, Actions>): DefinedAdapter {
  const { name, actions } = definition;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new Refusal(`adapter ${name}`, 'has no name for one', 'use lower-case letters, digits and hyphens');
  }
  if (Object.keys(actions).length === 0) {
    throw new Refusal(`adapter ${name}`, 'has no action', 'give it one in actions');
  }
  return Object.freeze({
    ...definition,
    [brand]: true,
    landsWithin: milliseconds(definition.landsWithin),
  });
}

/** Whether a value is a defined adapter, also one made by another copy of this package. */
export function isDefinedAdapter(value: unknown): value is DefinedAdapter {
  return typeof value === 'object' && value !== null && brand in value;
}
