import { firstExposureOf, type PlacedStep, type Target } from '../plan.js';
import { refuse, type Rule } from './rule.js';

const rises: Rule = (_plan, steps) => {
  const percents = new Map<Target, number>();
  for (const placed of steps) {
    const { step } = placed;
    if (step.type !== 'act' || !step.exposure) continue;
    const before = percents.get(step.target) ?? 0;
    const { percent } = step.exposure;
    if (percent <= before)
      refuse(
        placed,
        `exposes ${step.target} to ${percent} %, which does not rise above ${before} %`,
        'let exposure rise from step to step; taking it back is what undo is for',
      );
    percents.set(step.target, percent);
  }
};

const isRestored: Rule = (_plan, steps) => {
  for (const placed of steps) {
    const { step } = placed;
    if (step.type === 'act' && step.exposure && step.undo.type !== 'restore')
      refuse(placed, 'exposes users and is not undone by restore', "let its undo be { type: 'restore' }");
  }
};

/** A retreat takes back everything since the first exposure, and only that: a capture may be older. */
const bordersRetreat: Rule = (plan, steps) => {
  const exposing = firstExposureOf(plan);
  if (!exposing) return;
  const first = steps.findIndex(({ step }) => step === exposing);
  const touched = new Map<Target, string>();
  for (const { step } of steps.slice(0, first)) if (step.type === 'act') touched.set(step.target, step.id);
  for (const placed of steps.slice(first)) {
    const { step } = placed;
    if (step.type !== 'act' || step.undo.type !== 'restore') continue;
    const earlier = touched.get(step.target);
    if (earlier === undefined) continue;
    refuse(
      placed,
      `is undone by restore, which also takes back what ${earlier} did to ${step.target} before anybody was exposed`,
      'give it an undo that is an action, or put both on the same side of the first exposure',
    );
  }
};

const isWatched: Rule = (_plan, steps) => {
  let unwatched: PlacedStep | undefined;
  for (const placed of steps) {
    const { step } = placed;
    if (step.type === 'watch') unwatched = undefined;
    if (unwatched && step.type === 'act') refuseUnwatched(unwatched);
    if (step.type === 'act' && step.exposure) unwatched = placed;
  }
  if (unwatched) refuseUnwatched(unwatched);
};

function refuseUnwatched(placed: PlacedStep): never {
  refuse(placed, 'exposes users without a watch after it', 'put watch(...) right after it');
}

const isGuarded: Rule = ({ guards }, steps) => {
  const exposed = steps.find(({ step }) => step.type === 'act' && step.exposure);
  if (exposed && guards.length === 0)
    refuse(exposed, 'exposes users without a guard', 'add guards to the plan');
};

/** Whoever is exposed is watched, and can be spared again in one hop. */
export const exposure: readonly Rule[] = [rises, isRestored, bordersRetreat, isWatched, isGuarded];
