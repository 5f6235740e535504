import type { ZodType } from 'zod';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Act, Action } from '../../src/engine/plan/plan.js';
import { readTyped } from '../../src/engine/plan/typed-input.js';
import type { ActionDefinition, DefinedAdapter } from './define.js';
import type { Change } from './perform.js';

interface Found {
  readonly definition: ActionDefinition<ZodType<JsonObject>, JsonObject, JsonObject>;
  readonly input: JsonObject;
}

/** The act's action and its input. Throws `Refusal` when the act is none of this adapter's, there or back. */
export function requireFit(definition: DefinedAdapter, act: Act): Found {
  nameIn(definition, act);
  if (act.exposure) {
    throw new Refusal(
      `step ${act.id}`,
      `exposes users through adapter ${definition.name}, which cannot tell how many`,
      'expose with a flag',
    );
  }
  if (act.undo.type === 'act') find(definition, act, act.undo.do);
  return find(definition, act, act.do);
}

/** The target without its kind. Throws `Refusal` when it is no target of this adapter. */
export function nameIn({ name }: DefinedAdapter, { id, target }: Act): string {
  const kind = `${name}:`;
  if (target.startsWith(kind) && target.length > kind.length) return target.slice(kind.length);
  throw new Refusal(`step ${id}`, `acts on ${target} through adapter ${name}`, `make the target ${kind}...`);
}

/** What an action changes. Throws `Refusal` naming the member of its input that is not what the schema asks for. */
export function actionOf(definition: DefinedAdapter, act: Act, action: Action): Change {
  const { definition: found, input } = find(definition, act, action);
  return {
    shows: (state) => found.shows({ state, input }),
    change: (place) => found.apply({ ...place, input }),
    wants: `what ${action.kind} does`,
  };
}

function find({ name, actions }: DefinedAdapter, { id }: Act, { kind, input }: Action): Found {
  const action = kind.slice(kind.indexOf('.') + 1);
  const definition = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!definition || kind !== `${name}.${action}`) {
    const known = Object.keys(actions).map((each) => `${name}.${each}`);
    throw new Refusal(`step ${id}`, `asks for ${kind}`, `use one of ${known.join(', ')}`);
  }
  return { definition, input: readTyped(definition.input, input, `input of ${kind} in step ${id}`) };
}
