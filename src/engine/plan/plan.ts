import type { JsonObject } from '../base/json.js';

/** The phases of every rollout, always in this order; any of them may be empty. */
export const phases = ['expand', 'canary', 'soak', 'promote', 'contract'] as const;
export type Phase = (typeof phases)[number];

/** What an action touches, as `kind:name`: `flag:checkout`, `table:shop.customer`. Captures and locks go by it. */
export type Target = `${string}:${string}`;

/** What an act does: a kind, which names the adapter (`postgres.addColumns`), and its input. */
export interface Action {
  readonly kind: string;
  readonly input: JsonObject;
}

/** How an act is taken back. */
export type ReversibleUndo =
  /** Put back what was captured before the first act on the target. */
  | { readonly type: 'restore' }
  /** Perform another action. */
  | { readonly type: 'act'; readonly do: Action }
  /** There is nothing to take back. */
  | { readonly type: 'nothing'; readonly because: string };

/** The act cannot be taken back: starting it crosses the point of no return. */
export interface Irreversible {
  readonly type: 'irreversible';
  readonly because: string;
}

export type Undo = ReversibleUndo | Irreversible;

/** How much of a cohort gets the candidate, in percent (0 to 100). */
export interface Exposure {
  readonly percent: number;
  /** Milliseconds in which requests that began under the old exposure end; nothing they need is taken away before. */
  readonly drain: number;
}

interface StepBase {
  /** From constructor and target, unique in the plan: `expose/split-name/5`. */
  readonly id: string;
  readonly why: string;
  /** How one can see that the step did what it should. */
  readonly verify: string;
}

/** Changes the world. */
export interface Act<U extends Undo = Undo> extends StepBase {
  readonly type: 'act';
  readonly target: Target;
  readonly do: Action;
  readonly undo: U;
  /** Present when the act exposes users to the candidate. */
  readonly exposure?: Exposure;
  /** The baseline cannot work without what this act takes (a retired column): it is undone before exposure returns. */
  readonly removesFromBaseline?: true;
  /** What it promised has to be so still before everybody gets the candidate: this only reads, and is performed then. */
  readonly recheck?: Action;
  /** Milliseconds the act may take with all its attempts; the plan's `deadlines.act` when absent. */
  readonly within?: number;
  /** What its failure leads to: everything is taken back (when absent), or an operator is asked. */
  readonly onFailure?: 'roll-back' | 'ask';
}

/** Milliseconds for which evidence is kept at least: a watch that needs more could never show all of it. */
export const evidenceKept = 100 * 86_400_000;

/** Holds and observes: guards must show `for` milliseconds of good evidence. */
export interface Watch extends StepBase {
  readonly type: 'watch';
  readonly for: number;
  /** Who may end it early, and the milliseconds of good evidence that they cannot cut. Nobody when absent. */
  readonly early?: { readonly by: readonly string[]; readonly after: number };
}

/** What happens when a gate's deadline passes without leave. */
export type OnExpiry = 'roll-back' | 'halt';

/** Waits for leave. */
export interface Gate extends StepBase {
  readonly type: 'gate';
  readonly approval: Approval;
}

/** How strong a proof an approval needs at least: a click in a chat, or a token or sign-in of a person's own. */
export const strengths = ['slack', 'token'] as const;
export type Strength = (typeof strengths)[number];

/** Leave given by people: `quorum` different people, each a member of one of the groups `by`. */
export interface Approval {
  readonly type: 'approval';
  readonly by: readonly string[];
  readonly quorum: number;
  /** Milliseconds until `onExpiry`. */
  readonly within: number;
  readonly onExpiry: OnExpiry;
  /** Neither whoever started it nor whom it was started for counts. */
  readonly fourEyes?: true;
  /** In a shared environment; before an irreversible act `token` when absent. */
  readonly strength?: Strength;
  /** Milliseconds before the deadline at which whoever has not answered is told again. */
  readonly remind?: number;
  /** Another group that is asked, too, so many milliseconds after the first. */
  readonly escalate?: { readonly to: string; readonly after: number };
}

/** A step that can be taken back: allowed in every phase. */
export type Step = Act<ReversibleUndo> | Watch | Gate;
/** A step of `contract`, the only phase in which an act may be irreversible. */
export type ContractStep = Act | Watch | Gate;

export interface Phases {
  readonly expand: readonly Step[];
  readonly canary: readonly Step[];
  readonly soak: readonly Step[];
  readonly promote: readonly Step[];
  readonly contract: readonly ContractStep[];
}

/** The number a guard looks at, by arm, read from a named source of the environment. */
export type Metric =
  /** Failed requests divided by all requests (0 to 1). */
  | { readonly type: 'error-rate'; readonly source: string }
  /** A quantile (0 to 1) of request duration, in seconds. */
  | { readonly type: 'latency'; readonly source: string; readonly quantile: number };

/** What a relative guard compares with once everyone has the candidate and no baseline arm is left. */
export type At100 = 'holdback' | 'recorded' | 'off';

/** The limit a metric must keep. */
export type Criterion =
  | { readonly type: 'absolute'; readonly atMost: number }
  /** Candidate at most `ratio` times baseline. Differences below `atLeast` (in the metric's unit) are never a breach. */
  | { readonly type: 'relative'; readonly ratio: number; readonly atLeast: number; readonly at100: At100 };

/** What counts as evidence: without it a verdict is `no-evidence`, never `pass`. */
export interface EvidenceRules {
  /** Milliseconds between samples. */
  readonly interval: number;
  /** Milliseconds that one sample looks back. */
  readonly lookBack: number;
  /** Requests that an arm must have had in the look-back. */
  readonly minRequests: number;
  /** Milliseconds after which the newest measurement is too old to say anything. */
  readonly maxAge: number;
}

export const verdicts = ['pass', 'fail', 'inconclusive', 'error', 'no-evidence'] as const;
export type Verdict = (typeof verdicts)[number];

/** What a verdict leads to. `pass` always continues. */
export type Reaction = 'continue' | 'hold' | 'ask' | 'roll-back';

/** A metric, a criterion and a limit. */
export interface Guard {
  readonly name: string;
  readonly metric: Metric;
  readonly criterion: Criterion;
  readonly evidence: EvidenceRules;
  readonly on: { readonly [V in Exclude<Verdict, 'pass'>]: Reaction };
}

/** The waiting times of a rollout, in milliseconds. */
export interface Deadlines {
  /** An act with all its attempts. */
  readonly act: number;
  /** An undo with all its attempts: much longer than an act. */
  readonly undo: number;
  /** Until every guard has passed once, before the first act and before the first exposure. */
  readonly preflight: number;
  /** From the start of a hold to the question. */
  readonly ask: number;
  /** From the start of a hold with exposure above zero to rolling back. */
  readonly giveUp: number;
}

/** What a drill of a plan has to show, in milliseconds. */
export interface Objective {
  /** From the moment at which everything begins to be taken back until all of it was read again, and is as before. */
  readonly restoreWithin: number;
}

export const planFormat = 1;

/** What a runbook evaluates to: frozen, serialisable, validated. Its digest identifies it everywhere. */
export interface Plan {
  readonly format: typeof planFormat;
  readonly runbook: string;
  readonly owner: string;
  readonly why: string;
  readonly hypothesis: string;
  readonly params: JsonObject;
  readonly scope: readonly Target[];
  readonly guards: readonly Guard[];
  readonly deadlines: Deadlines;
  /** Absent where the runbook states none. */
  readonly objective?: Objective;
  readonly phases: Phases;
}

/** A step with the phase it stands in. */
export interface PlacedStep {
  readonly phase: Phase;
  readonly step: ContractStep;
}

/** The steps of a plan in the order of execution. */
export function stepsOf(plan: Plan): PlacedStep[] {
  return phases.flatMap((phase) => plan.phases[phase].map((step) => ({ phase, step })));
}

/** The act that exposes somebody first; undefined in a plan that exposes nobody. A retreat goes back to before it. */
export function firstExposureOf(plan: Plan): Act | undefined {
  return actsOf(plan).find(({ exposure }) => exposure !== undefined);
}

/** The highest percent to which these acts of a plan expose the candidate. */
export function mostExposed(plan: Plan, acts: readonly string[]): number {
  const percents = actsOf(plan).flatMap(({ id, exposure }) =>
    acts.includes(id) && exposure ? [exposure.percent] : [],
  );
  return Math.max(0, ...percents);
}

/** The acts of a plan in the order of execution. */
export function actsOf(plan: Plan): Act[] {
  return stepsOf(plan).flatMap(({ step }) => (step.type === 'act' ? [step] : []));
}
