import { formatDuration } from './duration.js';
import { Refusal } from './errors.js';
import { evidenceKept, stepsOf, type Plan, type PlacedStep, type Target } from './plan.js';
import { planShape } from './plan-shape.js';

/** Answers the plan when it keeps every rule; throws `Refusal` naming step, rule and mend when it does not. */
export function validate(value: unknown): Plan {
  planShape(value, '');
  const plan = value as Plan;
  for (const rule of rules) rule(plan, stepsOf(plan));
  return plan;
}

type Rule = (plan: Plan, steps: readonly PlacedStep[]) => void;

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
  for (const { phase, step } of steps) {
    if (seen.has(step.id)) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'has an id that another step has',
        'give one of them another name',
      );
    }
    seen.add(step.id);
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

const evidenceFits: Rule = ({ guards }) => {
  for (const { name, evidence } of guards) {
    if (evidence.maxAge < evidence.interval) {
      throw new Refusal(
        `guard ${name}`,
        'counts a sample as too old before the next is due',
        'raise maxAge above interval',
      );
    }
    if (evidence.lookBack < evidence.interval) {
      throw new Refusal(
        `guard ${name}`,
        'looks back less far than its interval',
        'raise lookBack to interval or more',
      );
    }
  }
};

const nothingPassesWithoutEvidence: Rule = ({ guards }) => {
  for (const { name, on } of guards) {
    const verdict = (['no-evidence', 'error'] as const).find((blind) => on[blind] === 'continue');
    if (verdict) {
      throw new Refusal(
        `guard ${name}`,
        `continues on ${verdict}, so that it would pass without evidence`,
        'let it hold, ask or roll-back',
      );
    }
  }
};

const insideScope: Rule = ({ scope }, steps) => {
  for (const { phase, step } of steps) {
    if (step.type === 'act' && !scope.some((target) => covers(target, step.target))) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        `touches ${step.target}, which is outside scope`,
        `add it to scope`,
      );
    }
  }
};

const irreversibleOnlyInContract: Rule = (_plan, steps) => {
  let approved = false;
  for (const { phase, step } of steps) {
    if (step.type === 'gate' && phase === 'contract') approved = true;
    if (step.type !== 'act' || step.undo.type !== 'irreversible') continue;
    if (phase !== 'contract') {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'is irreversible outside contract',
        'move it to contract, or give it an undo',
      );
    }
    if (!approved) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'is irreversible without an approval before it in contract',
        'put approve(...) before it',
      );
    }
    approved = false;
  }
};

const exposureRises: Rule = (_plan, steps) => {
  const percents = new Map<Target, number>();
  for (const { phase, step } of steps) {
    if (step.type !== 'act' || !step.exposure) continue;
    const before = percents.get(step.target) ?? 0;
    const { percent } = step.exposure;
    if (percent <= before) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        `exposes ${step.target} to ${percent} %, which does not rise above ${before} %`,
        'let exposure rise from step to step; taking it back is what undo is for',
      );
    }
    percents.set(step.target, percent);
  }
};

const watchAfterExposure: Rule = (_plan, steps) => {
  let unwatched: PlacedStep | undefined;
  for (const placed of steps) {
    const { step } = placed;
    if (step.type === 'watch') unwatched = undefined;
    if (unwatched && step.type === 'act') refuseUnwatched(unwatched);
    if (step.type === 'act' && step.exposure) unwatched = placed;
  }
  if (unwatched) refuseUnwatched(unwatched);
};

const exposureIsRestored: Rule = (_plan, steps) => {
  for (const { phase, step } of steps) {
    if (step.type === 'act' && step.exposure && step.undo.type !== 'restore') {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'exposes users and is not undone by restore',
        "let its undo be { type: 'restore' }",
      );
    }
  }
};

const exposureIsGuarded: Rule = ({ guards }, steps) => {
  const exposed = steps.find(({ step }) => step.type === 'act' && step.exposure);
  if (exposed && guards.length === 0) {
    throw new Refusal(
      `${exposed.phase} step ${exposed.step.id}`,
      'exposes users without a guard',
      'add guards to the plan',
    );
  }
};

const quorumCanBeReached: Rule = (_plan, steps) => {
  for (const { phase, step } of steps) {
    if (step.type !== 'gate') continue;
    if (step.leave.by.length === 0) {
      throw new Refusal(`${phase} step ${step.id}`, 'names no group that may approve', 'add groups to by');
    }
    if (!Number.isInteger(step.leave.quorum)) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'asks for a part of a person',
        'let quorum be a whole number',
      );
    }
  }
};

const earlyIsEarlier: Rule = (_plan, steps) => {
  for (const { phase, step } of steps) {
    if (step.type !== 'watch' || !step.early) continue;
    if (step.early.by.length === 0) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'names no group that may end it early',
        'add groups to early.by, or leave early out',
      );
    }
    if (step.early.after > step.for) {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'could be ended early only after its end',
        'let early.after be at most for',
      );
    }
  }
};

const evidenceLastsAsLong: Rule = ({ guards }, steps) => {
  const kept = formatDuration(evidenceKept);
  for (const { phase, step } of steps) {
    if (step.type !== 'watch' || guards.length === 0 || step.for <= evidenceKept) continue;
    throw new Refusal(
      `${phase} step ${step.id}`,
      `watches for longer than the ${kept} for which evidence is kept`,
      `let it watch for ${kept} at most`,
    );
  }
};

const irreversibleAsksByItself: Rule = (_plan, steps) => {
  for (const { phase, step } of steps) {
    if (step.type === 'act' && step.undo.type === 'irreversible' && step.onFailure === 'ask') {
      throw new Refusal(
        `${phase} step ${step.id}`,
        'is irreversible, and asks an operator by itself when it fails',
        'leave onFailure out',
      );
    }
  }
};

/** A retreat takes back everything since the first exposure, and only that: a capture may be older. */
const retreatStopsAtExposure: Rule = (_plan, steps) => {
  const first = steps.findIndex(({ step }) => step.type === 'act' && step.exposure !== undefined);
  if (first < 0) return;
  const touched = new Map<Target, string>();
  for (const { step } of steps.slice(0, first)) if (step.type === 'act') touched.set(step.target, step.id);
  for (const { phase, step } of steps.slice(first)) {
    if (step.type !== 'act' || step.undo.type !== 'restore') continue;
    const earlier = touched.get(step.target);
    if (earlier === undefined) continue;
    throw new Refusal(
      `${phase} step ${step.id}`,
      `is undone by restore, which also takes back what ${earlier} did to ${step.target} before anybody was exposed`,
      'give it an undo that is an action, or put both on the same side of the first exposure',
    );
  }
};

const rules: readonly Rule[] = [
  runbookName,
  someSteps,
  idsOnce,
  guardsOnce,
  evidenceFits,
  nothingPassesWithoutEvidence,
  insideScope,
  irreversibleOnlyInContract,
  exposureRises,
  exposureIsRestored,
  retreatStopsAtExposure,
  watchAfterExposure,
  exposureIsGuarded,
  quorumCanBeReached,
  earlyIsEarlier,
  evidenceLastsAsLong,
  irreversibleAsksByItself,
];

/** A target in scope covers itself and its children: `table:shop` covers `table:shop.customer`. */
function covers(scope: Target, target: Target): boolean {
  return target === scope || target.startsWith(`${scope}.`);
}

function refuseUnwatched({ phase, step }: PlacedStep): never {
  throw new Refusal(
    `${phase} step ${step.id}`,
    'exposes users without a watch after it',
    'put watch(...) right after it',
  );
}
