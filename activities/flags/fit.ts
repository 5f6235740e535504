import { Refusal } from '../../src/engine/base/errors.js';
import { canonicalJson, type Json } from '../../src/engine/base/json.js';
import { requireFlag, type Flag, type FlagDocument } from './document.js';
import { nearest } from '../../src/engine/base/nearest.js';
import { exposureTargeting, hasTargeting, isObject, type Arms } from './targeting.js';
import { areAlike, percentWhenEnabled, viewOf } from './view.js';

/** A flag that can be exposed, and the percent that is exposed now. Throws `Refusal` that says what is in the way. */
export function requireFit(
  document: FlagDocument,
  { flag: key, ...arms }: Arms & { readonly flag: string },
): { flag: Flag; percent: number } {
  const flag = requireFlag(document, key);
  const thing = `${document.file}: flag "${key}"`;
  for (const arm of ['candidate', 'baseline'] as const) {
    const variants = Object.keys(flag.variants);
    if (variants.includes(arms[arm])) continue;
    const [guess] = nearest(arms[arm], variants, 1);
    throw new Refusal(
      thing,
      `has no variant "${arms[arm]}", which is to be the ${arm}; there are ${variants.join(', ')}`,
      guess === undefined ? 'name one of these' : `did you mean "${guess}"?`,
    );
  }
  if (areAlike(arms, flag)) {
    throw new Refusal(
      thing,
      `gives the same for "${arms.candidate}" and "${arms.baseline}": everybody has the candidate already`,
      'give its two variants different values',
    );
  }
  if (flag.state !== 'ENABLED') {
    throw new Refusal(thing, `is ${flag.state}: nobody is given a variant`, 'set its state to ENABLED');
  }
  // With an absent default the application's own is used. Any other than the baseline would be a third arm, or would
  // give everyone the candidate as soon as the targeting goes.
  if (flag.defaultVariant !== undefined && flag.defaultVariant !== arms.baseline) {
    const everyone = flag.defaultVariant === arms.candidate && !hasTargeting(flag.targeting);
    throw new Refusal(
      thing,
      `has defaultVariant "${flag.defaultVariant}", but the baseline is "${arms.baseline}"${everyone ? ': 100 % have the candidate already' : ''}`,
      `set defaultVariant to "${arms.baseline}", or name another baseline`,
    );
  }
  return { flag, percent: requirePercent(thing, flag, arms) };
}

/** The percent exposed while the flag is enabled. Throws `Refusal` for a targeting that is not ours. */
export function requirePercent(thing: string, flag: Flag, arms: Arms): number {
  const percent = percentWhenEnabled(arms, viewOf(flag));
  if (percent !== undefined) return percent;
  throw new Refusal(
    thing,
    `has targeting rules of its own, ${kindOf(flag.targeting)}, which exposing it would drop`,
    `remove them or move them to another flag; only a share such as ${canonicalJson(exposureTargeting(arms, 5))} can be taken over`,
  );
}

function kindOf(targeting: Json | undefined): string {
  const text = canonicalJson(targeting);
  const kind = isObject(targeting) ? `"${Object.keys(targeting).join('", "')}"` : typeof targeting;
  return `${kind} (${text.length > 200 ? `${text.slice(0, 200)}...` : text})`;
}
