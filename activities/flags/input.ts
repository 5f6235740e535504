import { Refusal } from '../../src/engine/base/errors.js';
import type { Act, Action, Target } from '../../src/engine/plan/plan.js';
import type { Exposed } from '../../src/engine/state/look.js';
import { isExpressible, type Arms } from './targeting.js';

/** The action kind of this adapter. */
export const exposeKind = 'flags.expose';

/** The input of `flags.expose`. */
export interface ExposeInput extends Arms {
  /** Name of a configured store. */
  readonly store: string;
  readonly flag: string;
  /** 0 to 100, at most three decimals. */
  readonly percent: number;
}

/** Reads an action's input; the store may be left out where there is only one. Throws `Refusal` with the fix. */
export function readExpose(act: Act, action: Action, stores: readonly string[]): ExposeInput {
  return readInput(`step ${act.id}`, act.target, action, stores);
}

/** Reads the input of the action that a target is looked at for. Throws `Refusal`. */
export function readExposed({ target, action }: Exposed, stores: readonly string[]): ExposeInput {
  return readInput(target, target, action, stores);
}

function readInput(thing: string, target: Target, action: Action, stores: readonly string[]): ExposeInput {
  const refuse = (rule: string, fix: string) => new Refusal(thing, rule, fix);
  if (action.kind !== exposeKind) throw refuse(`asks flags for ${action.kind}`, `use ${exposeKind}`);
  const { input } = action;
  const known = new Set(['store', 'flag', 'percent', 'candidate', 'baseline']);
  const unknown = Object.keys(input).find((key) => input[key] !== undefined && !known.has(key));
  if (unknown !== undefined)
    throw refuse(`has an unknown input "${unknown}"`, `use ${[...known].join(', ')}`);

  const text = (key: 'flag' | 'candidate' | 'baseline') => {
    const value = input[key];
    if (typeof value === 'string' && value !== '') return value;
    throw refuse(`${key} is ${JSON.stringify(value)}, not a name`, `write ${key}: '...'`);
  };
  const [flag, candidate, baseline] = [text('flag'), text('candidate'), text('baseline')];
  if (candidate === baseline) {
    throw refuse(`candidate and baseline are both "${baseline}"`, 'name two variants of the flag');
  }
  const { percent } = input;
  if (typeof percent !== 'number' || !isExpressible(percent)) {
    throw refuse(
      `percent is ${JSON.stringify(percent)}`,
      'write a number from 0 to 100 with at most three decimals',
    );
  }
  if (target !== `flag:${flag}`) {
    throw refuse(`exposes flag "${flag}" but has target ${target}`, `make the target flag:${flag}`);
  }
  const store = input['store'] ?? (stores.length === 1 ? stores[0] : undefined);
  if (typeof store !== 'string' || !stores.includes(store)) {
    const rule =
      store === undefined ? 'names no flag store' : `names the flag store ${JSON.stringify(store)}`;
    throw refuse(rule, `use one of those configured: ${stores.join(', ') || 'none is'}`);
  }
  return { store, flag, percent, candidate, baseline };
}
