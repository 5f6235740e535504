import { refuse, type Rule } from './rule.js';

const quorumCanBeReached: Rule = (_plan, steps) => {
  for (const placed of steps) {
    const { step } = placed;
    if (step.type !== 'gate') continue;
    if (step.approval.by.length === 0) refuse(placed, 'names no group that may approve', 'add groups to by');
    if (!Number.isInteger(step.approval.quorum))
      refuse(placed, 'asks for a part of a person', 'let quorum be a whole number');
  }
};

const toldInTime: Rule = (_plan, steps) => {
  for (const placed of steps) {
    const { step } = placed;
    if (step.type !== 'gate') continue;
    const { by, within, remind = 0, escalate } = step.approval;
    if (remind >= within)
      refuse(placed, 'reminds people before they have been asked', 'let remind be below within');
    if (!escalate) continue;
    if (escalate.after >= within)
      refuse(placed, 'asks another group only after its deadline', 'let escalate.after be below within');
    if (by.includes(escalate.to))
      refuse(
        placed,
        `escalates to ${escalate.to}, which it asks already`,
        'name another group, or leave it out',
      );
  }
};

const earlyIsEarlier: Rule = (_plan, steps) => {
  for (const placed of steps) {
    const { step } = placed;
    if (step.type !== 'watch' || !step.early) continue;
    if (step.early.by.length === 0)
      refuse(placed, 'names no group that may end it early', 'add groups to early.by, or leave early out');
    if (step.early.after > step.for)
      refuse(placed, 'could be ended early only after its end', 'let early.after be at most for');
  }
};

/** Whoever is asked can answer. */
export const people: readonly Rule[] = [quorumCanBeReached, toldInTime, earlyIsEarlier];
