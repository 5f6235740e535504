import { actsOf, type Act, type Plan, type Target } from '../plan/plan.js';
import type { Exposed, Look } from './look.js';
import type { RolloutState } from './state.js';

/** What the plan and the state say of exposure. */
type Known = { readonly plan: Plan; readonly state: RolloutState };

/**
 * The newest act on each target through which this rollout gave people the candidate, or may have: also when it was
 * taken back since, for then nobody is to have it.
 */
export function exposingActs({ plan, state }: Known): Act[] {
  const newest = new Map<Target, Act>();
  for (const act of actsOf(plan)) if (act.exposure && isTouched(state, act)) newest.set(act.target, act);
  return [...newest.values()];
}

/** What the sentinel is to look at: what was exposed, and what is about to be. */
export function exposedBy({ plan, state }: Known, next?: Act): Exposed[] {
  const acts = exposingActs({ plan, state }).filter(({ target }) => target !== next?.target);
  const of = state.reverts?.rollout;
  return [...acts, ...(next ? [next] : [])].map((act) => ({
    target: act.target,
    action: act.do,
    ...(of !== undefined && { of }),
  }));
}

/** How much of the users may have the candidate, and when that was read. */
export interface Exposure {
  /** Percent: as it was read, or else as the rollout left it. */
  readonly exposure: number;
  /** Milliseconds since the epoch; absent when nobody has read it. */
  readonly exposureReadAt?: number;
  /** The newest look at each exposed target; absent from a worker of an older build. */
  readonly looks?: readonly Look[];
}

/** Exposure by the newest looks. A target that could not be read may be as it was left, and has not been read. */
export function exposureBy(known: Omit<Exposure, 'looks'>, looks: readonly Look[]): Exposure {
  if (looks.length === 0) return { ...known, looks };
  // What is as it was left is as it is left now: a look is not told again when the rollout itself changes the share. Nor
  // is one that was taken just before the rollout wrote it for the first time, and would say of everybody that nobody has it.
  const shareOf = ({ verdict, percent }: Look) =>
    verdict === 'as-left' || verdict === 'unwritten' ? known.exposure : (percent ?? known.exposure);
  const exposure = Math.max(...looks.map(shareOf));
  const read =
    looks.every(({ percent }) => percent !== undefined) && looks.some(({ percent }) => percent === exposure);
  return {
    exposure,
    ...(read && { exposureReadAt: Math.min(...looks.map(({ at }) => at)) }),
    looks,
  };
}

function isTouched({ started, steps }: RolloutState, { id }: Act): boolean {
  const step = steps[id];
  return started.includes(id) || (step !== undefined && (step.status !== 'pending' || step.epoch > 0));
}
