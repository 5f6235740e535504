import type { input, ZodType } from 'zod';
import { canonicalJson, readTyped, Refusal, type Action, type JsonObject } from '../engine/index.js';

/** Makes actions of one kind, each with an input that its schema accepts. */
export interface TypedAction<S extends ZodType<JsonObject>> {
  /** Throws `Refusal` naming the member when the input is not what the schema asks for. */
  (input: input<S>): Action;
  /** Which adapter, and which of its actions: `queue.resize`. */
  readonly kind: string;
  /** The schema, for the adapter that carries the action out. */
  readonly input: S;
}

/**
 * Declares an action of a team's own adapter. Runbook and adapter share what it answers, and so one schema. The plan
 * holds what the schema gives, defaults filled in: a later version of the schema does not change a plan that exists.
 *
 * @example
 * const resize = action('queue.resize', z.object({ consumers: z.number().int().min(1) }));
 * resize({ consumers: 8 });
 */
export function action<S extends ZodType<JsonObject>>(
  kind: `${string}.${string}`,
  schema: S,
): TypedAction<S> {
  const make = (given: input<S>): Action => {
    const read = readTyped(schema, given as JsonObject, `input of ${kind}`);
    // The adapter reads it by the same schema once more.
    if (canonicalJson(readTyped(schema, read, `input of ${kind}, read again`)) === canonicalJson(read)) {
      return { kind, input: read };
    }
    throw new Refusal(
      `input of ${kind}`,
      'is changed by its schema each time it is read',
      'transform it in the adapter, not in the schema',
    );
  };
  return Object.assign(make, { kind, input: schema });
}
