import { Refusal } from '../../base/errors.js';
import { refuse, type Rule } from './rule.js';

const runbookName: Rule = ({ runbook }) => {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(runbook) || runbook.length > 60) {
    throw new Refusal(
      `runbook ${runbook}`,
      'is not lower-case words joined by hyphens',
      'rename it, 60 characters at most',
    );
  }
};

const someSteps: Rule = ({ runbook }, steps) => {
  if (steps.length === 0) throw new Refusal(`runbook ${runbook}`, 'has no step in any phase', 'add one');
};

const idsOnce: Rule = (_plan, steps) => {
  const seen = new Set<string>();
  for (const placed of steps) {
    const { id } = placed.step;
    if (seen.has(id)) refuse(placed, 'has an id that another step has', 'give one of them another name');
    seen.add(id);
  }
};

const guardsOnce: Rule = ({ guards }) => {
  const seen = new Set<string>();
  for (const { name } of guards) {
    if (seen.has(name))
      throw new Refusal(`guard ${name}`, 'stands twice in the plan', 'name each guard differently');
    seen.add(name);
  }
};

/** Everything has a name, and no two the same. */
export const naming: readonly Rule[] = [runbookName, someSteps, idsOnce, guardsOnce];
