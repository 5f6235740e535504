import type { output, ZodType } from 'zod';
import { milliseconds, type Duration } from '../base/duration.js';
import { Refusal } from '../base/errors.js';
import { deepFreeze, type JsonObject } from '../base/json.js';
import {
  phases,
  planFormat,
  type Deadlines,
  type ContractStep,
  type Guard,
  type Objective,
  type Phase,
  type Phases,
  type Plan,
  type Step,
  type Target,
} from './plan.js';
import { validate } from './validate.js';

/** What a runbook's `plan` function answers: the parts of a plan that depend on the parameters. */
export interface PlanDraft {
  readonly scope: readonly Target[];
  readonly guards?: readonly Guard[];
  readonly deadlines?: { readonly [D in keyof Deadlines]?: Duration };
  /** What a drill of it has to show. */
  readonly objective?: { readonly [O in keyof Objective]: Duration };
  readonly expand?: readonly Step[];
  readonly canary?: readonly Step[];
  readonly soak?: readonly Step[];
  readonly promote?: readonly Step[];
  readonly contract?: readonly ContractStep[];
}

/** A draft without members that no draft has: a misspelt phase does not compile. */
export type Exactly<D> = D & { readonly [K in Exclude<keyof D, keyof PlanDraft>]: never };

export interface RunbookDefinition<S extends ZodType<object>, D extends PlanDraft> {
  /** Lower-case words joined by hyphens; part of every rollout id. */
  readonly name: string;
  /** The group that answers for it. */
  readonly owner: string;
  readonly why: string;
  /** What should be true when it is done, in terms the guards can show. */
  readonly hypothesis: string;
  readonly params: S;
  /** Pure: the same parameters give the same plan. */
  readonly plan: (params: output<S>) => Exactly<D>;
}

const brand = Symbol.for('switchback.runbook');

/** A runbook: evaluated with parameters it gives a plan. */
export interface Runbook {
  readonly name: string;
  readonly owner: string;
  /** Answers a frozen, valid plan. Throws `Refusal` for parameters or plans that break a rule. */
  evaluate(params: JsonObject): Plan;
}

/**
 * Declares a runbook. It is evaluated with its parameters once, when a rollout starts, and never seen again.
 *
 * @example
 * export default runbook({
 *   name: 'new-search',
 *   owner: 'team-search',
 *   why: 'The new index answers in half the time.',
 *   hypothesis: 'Errors stay below 1 %.',
 *   params: z.object({ canary: z.number().default(5) }),
 *   plan: ({ canary }) => ({
 *     scope: ['flag:new-search'],
 *     guards: [errorRate({ source: 'shop', atMost: 0.01 })],
 *     canary: [expose('new-search', { percent: canary }), watch('canary', { for: '30m' })],
 *   }),
 * });
 */
export function runbook<S extends ZodType<object>, const D extends PlanDraft>(
  definition: RunbookDefinition<S, D>,
): Runbook {
  return Object.freeze({
    [brand]: true,
    name: definition.name,
    owner: definition.owner,
    evaluate: (params: JsonObject) => evaluate(definition, params),
  });
}

/** Whether a value is a runbook, also one made by another copy of this package. */
export function isRunbook(value: unknown): value is Runbook {
  return typeof value === 'object' && value !== null && brand in value;
}

const defaultDeadlines: { [D in keyof Deadlines]: Duration } = {
  act: '1h',
  undo: '24h',
  preflight: '2m',
  ask: '5m',
  giveUp: '30m',
};

function evaluate<S extends ZodType<object>, D extends PlanDraft>(
  definition: RunbookDefinition<S, D>,
  raw: JsonObject,
): Plan {
  const parsed = definition.params.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue && issue.path.length > 0 ? issue.path.join('.') : 'parameters';
    throw new Refusal(
      `parameter ${path} of runbook ${definition.name}`,
      issue?.message ?? 'does not parse',
      'give it as --param name=value',
    );
  }
  refuseUnknown(definition.name, raw, parsed.data);
  const draft: PlanDraft = definition.plan(parsed.data);
  refuseMisspelt(definition.name, draft);
  const deadlines = { ...defaultDeadlines, ...draft.deadlines };
  const plan: Plan = {
    format: planFormat,
    runbook: definition.name,
    owner: definition.owner,
    why: definition.why,
    hypothesis: definition.hypothesis,
    params: parsed.data as JsonObject,
    scope: draft.scope,
    guards: draft.guards ?? [],
    deadlines: mapValues(deadlines, milliseconds),
    ...(draft.objective && { objective: mapValues(draft.objective, milliseconds) }),
    phases: Object.fromEntries(
      phases.map((phase: Phase) => [phase, draft[phase] ?? []]),
    ) as unknown as Phases,
  };
  // Through JSON, so that a plan from a runbook and the same plan from a file are one value with one digest.
  return validate(deepFreeze(JSON.parse(JSON.stringify(plan)) as unknown));
}

function refuseUnknown(name: string, raw: JsonObject, parsed: object): void {
  const unknown = Object.keys(raw).find((key) => !Object.hasOwn(parsed, key));
  if (unknown === undefined) return;
  const known = Object.keys(parsed);
  throw new Refusal(
    `parameter ${unknown} of runbook ${name}`,
    'is unknown',
    known.length > 0 ? `use one of ${known.join(', ')}` : 'this runbook takes none',
  );
}

const draftMembers: readonly string[] = ['scope', 'guards', 'deadlines', 'objective', ...phases];

/** The compiler refuses it too, but a runbook may be loaded without one, and a phase must not be left out silently. */
function refuseMisspelt(name: string, draft: PlanDraft): void {
  const unknown = Object.keys(draft).find((key) => !draftMembers.includes(key));
  if (unknown === undefined) return;
  throw new Refusal(
    `${unknown} in runbook ${name}`,
    'is no part of a plan',
    `use one of ${draftMembers.join(', ')}`,
  );
}

function mapValues<K extends string, A, B>(record: Record<K, A>, change: (value: A) => B): Record<K, B> {
  return Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, change(value)])) as Record<
    K,
    B
  >;
}
