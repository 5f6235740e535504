import type { Guard } from '../../../src/engine/plan/plan.js';
import { gateName } from '../../../src/engine/state/gate.js';
import { valueText } from '../../client/guard-text.js';
import type { WorstSince } from './speaking.js';
import { plain } from './words.js';

/** `worst 0.9 %`; what is not known is said so. */
export function worstText(guard: Guard, { readings }: WorstSince): string {
  if (!readings) return 'worst not known';
  const worst = readings.get(guard.name);
  if (worst?.value === undefined) return 'never measured';
  const against =
    guard.criterion.type === 'relative' && worst.baseline !== undefined
      ? ` against ${valueText(guard.metric, worst.baseline)}`
      : '';
  return `worst *${valueText(guard.metric, worst.value)}*${against}`;
}

/** Since when the worst is meant. */
export function sinceText({ gate }: WorstSince): string {
  return gate === undefined ? 'since somebody was exposed' : `since ${plain(gateName(gate))} was passed`;
}
