import type { ContractStep, Guard, Phases, Plan, Step } from '../engine/plan/plan.js';
import type { UnderDrill } from '../protocol/drill.js';

/**
 * Milliseconds below which nothing is shortened, so that a machine that is busy with other work fails no drill: a plan that
 * asks for less from the beginning keeps what it asks for.
 */
const least = {
  /** Evidence is gathered over some samples at least. */
  watch: 500,
  interval: 200,
  lookBack: 1_000,
  maxAge: 10_000,
  drain: 100,
  gate: 5_000,
  ask: 2_000,
  giveUp: 30_000,
} as const;

/** Milliseconds for which the watch in which a rollout is to fail stays open at least: it ends by the failure. */
const lingers = 300_000;

/**
 * A plan with its windows and minimum samples multiplied: what a drill runs, under the digest of the plan itself. What
 * bounds real work (acts, undos, the first pass of the guards) stays as it is, and so do gates, which a drill answers at
 * once: but for one that it lets expire.
 *
 * @example
 * scaled(plan, { timeScale: 0.01 }); // a soak of a day takes a quarter of an hour
 */
export function scaled(plan: Plan, { timeScale, failsAt }: UnderDrill): Plan {
  const short = (ms: number, floor: number) => Math.min(ms, Math.max(floor, Math.round(ms * timeScale)));
  const { ask, giveUp } = plan.deadlines;
  const deadlines = {
    ...plan.deadlines,
    ask: short(ask, least.ask),
    giveUp: short(giveUp, least.giveUp),
  };
  const guards = plan.guards.map((guard) => shorterGuard(guard, timeScale, short));
  return { ...plan, deadlines, guards, phases: phasesOf(plan.phases, short, failsAt) };
}

type Shorten = (ms: number, floor: number) => number;

function shorterGuard(guard: Guard, scale: number, short: Shorten): Guard {
  const { interval, lookBack, minRequests, maxAge } = guard.evidence;
  return {
    ...guard,
    evidence: {
      interval: short(interval, least.interval),
      lookBack: short(lookBack, least.lookBack),
      minRequests: Math.max(1, Math.ceil(minRequests * scale)),
      maxAge: short(maxAge, least.maxAge),
    },
  };
}

function phasesOf(phases: Phases, short: Shorten, failsAt: string | undefined): Phases {
  const each = <S extends ContractStep>(steps: readonly S[]) =>
    steps.map((step) => shorter(step, short, step.id === failsAt));
  const { expand, canary, soak, promote, contract } = phases;
  return {
    expand: each<Step>(expand),
    canary: each<Step>(canary),
    soak: each<Step>(soak),
    promote: each<Step>(promote),
    contract: each<ContractStep>(contract),
  };
}

function shorter<S extends ContractStep>(step: S, short: Shorten, fails: boolean): S {
  switch (step.type) {
    case 'act': {
      const { exposure } = step;
      if (!exposure) return step;
      return { ...step, exposure: { ...exposure, drain: short(exposure.drain, least.drain) } };
    }
    case 'watch':
      return { ...step, for: fails ? Math.max(step.for, lingers) : short(step.for, least.watch) };
    case 'gate': {
      if (!fails) return step;
      // Nobody is reminded of what nobody is going to answer.
      const { remind: _, escalate: __, ...approval } = step.approval;
      return { ...step, approval: { ...approval, within: short(approval.within, least.gate) } };
    }
  }
}
