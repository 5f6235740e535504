import { refuse, type Rule } from './rule.js';

const onlyInContract: Rule = (_plan, steps) => {
  let approved = false;
  for (const placed of steps) {
    const { phase, step } = placed;
    if (step.type === 'gate' && phase === 'contract') approved = true;
    if (step.type !== 'act' || step.undo.type !== 'irreversible') continue;
    if (phase !== 'contract')
      refuse(placed, 'is irreversible outside contract', 'move it to contract, or give it an undo');
    if (!approved)
      refuse(
        placed,
        'is irreversible without an approval before it in contract',
        'put approve(...) before it',
      );
    approved = false;
  }
};

const asksByItself: Rule = (_plan, steps) => {
  for (const placed of steps) {
    const { step } = placed;
    if (step.type === 'act' && step.undo.type === 'irreversible' && step.onFailure === 'ask')
      refuse(placed, 'is irreversible, and asks an operator by itself when it fails', 'leave onFailure out');
  }
};

/** What cannot be undone comes last, one approval each, and never fails in silence. */
export const irreversible: readonly Rule[] = [onlyInContract, asksByItself];
