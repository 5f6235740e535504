import { Refusal } from '../../src/engine/errors.js';
import type { Act, Action } from '../../src/engine/plan.js';
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

/** Reads an action's input; the store may be left out where there is only one. Throws `Refusal` with the mend. */
export function readExpose(act: Act, action: Action, stores: readonly string[]): ExposeInput {
  const refuse = (rule: string, mend: string) => new Refusal(`step ${act.id}`, rule, mend);
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
  if (act.target !== `flag:${flag}`) {
    throw refuse(`exposes flag "${flag}" but has target ${act.target}`, `make the target flag:${flag}`);
  }
  const store = input['store'] ?? (stores.length === 1 ? stores[0] : undefined);
  if (typeof store !== 'string' || !stores.includes(store)) {
    const rule =
      store === undefined ? 'names no flag store' : `names the flag store ${JSON.stringify(store)}`;
    throw refuse(rule, `use one of those configured: ${stores.join(', ') || 'none is'}`);
  }
  return { store, flag, percent, candidate, baseline };
}
