import fc from 'fast-check';
import { milliseconds } from '../../../src/engine/base/duration.js';
import {
  stepsOf,
  type Act,
  type ContractStep,
  type Gate,
  type Guard,
  type OnExpiry,
  type Plan,
  type Reaction,
  type Target,
  type Undo,
  type Watch,
} from '../../../src/engine/plan/plan.js';

/** The deadlines of every generated plan, in milliseconds. */
export const deadlines = { act: 60_000, undo: 120_000, preflight: 60_000, ask: 30_000, giveUp: 90_000 };
export const interval = 2_000;

export interface PlanChoices {
  /** Every guard reacts as runbooks do by default. */
  readonly usualReactions?: boolean;
  /** At least one exposure. */
  readonly exposes?: boolean;
  /** No irreversible act. */
  readonly reversible?: boolean;
}

export function guard(name: string, on: Partial<Guard['on']> = {}): Guard {
  return {
    name,
    metric: { type: 'error-rate', source: 'sim' },
    criterion: { type: 'absolute', atMost: 0.1 },
    evidence: { interval, lookBack: 2 * interval, minRequests: 1, maxAge: 2 * interval },
    on: { fail: 'roll-back', inconclusive: 'hold', error: 'hold', 'no-evidence': 'hold', ...on },
  };
}

export function act(id: string, target: Target, undo: Undo, more: Partial<Act> = {}): Act {
  const action = { kind: 'sim.do', input: {} };
  return { type: 'act', id, why: `why ${id}`, verify: `verify ${id}`, target, do: action, undo, ...more };
}

export const byAction: Undo = { type: 'act', do: { kind: 'sim.undo', input: {} } };

export function expose(flag: string, percent: number, drain = 1_000): Act {
  return act(
    `expose/${flag}/${percent}`,
    `flag:${flag}`,
    { type: 'restore' },
    { exposure: { percent, drain } },
  );
}

export function watch(id: string, length = 20_000, more: Partial<Watch> = {}): Watch {
  return { type: 'watch', id: `watch/${id}`, why: `why ${id}`, verify: `verify ${id}`, for: length, ...more };
}

export function gate(id: string, quorum = 1, onExpiry: OnExpiry = 'roll-back', within = 120_000): Gate {
  return {
    type: 'gate',
    id: `approve/${id}`,
    why: `why ${id}`,
    verify: `verify ${id}`,
    approval: { type: 'approval', by: ['approvers'], quorum, within, onExpiry },
  };
}

export function planOf(
  phases: { readonly [P in keyof Plan['phases']]?: readonly ContractStep[] },
  guards: readonly Guard[] = [guard('errors')],
): Plan {
  const steps = { expand: [], canary: [], soak: [], promote: [], contract: [], ...phases } as Plan['phases'];
  const targets = Object.values(steps)
    .flat()
    .flatMap((step: ContractStep) => (step.type === 'act' ? [step.target] : []));
  return {
    format: 1,
    runbook: 'sample',
    owner: 'owners',
    why: 'to test',
    hypothesis: 'it holds',
    params: {},
    scope: [...new Set(targets)],
    guards,
    deadlines,
    phases: steps,
  };
}

const undo: fc.Arbitrary<Undo> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(byAction) },
  { weight: 1, arbitrary: fc.constant({ type: 'restore' } as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'nothing', because: 'it only fills' } as const) },
);
const table = fc.constantFrom<Target[]>('table:x', 'table:y');
const length = fc.integer({ min: 5, max: 40 }).map((seconds) => seconds * 1_000);
const onExpiry = fc.constantFrom<OnExpiry[]>('roll-back', 'halt');

type Draft = (id: string) => ContractStep[];

const onFailure = fc.constantFrom<Partial<Act>[]>({}, {}, { onFailure: 'ask' });
const schemaAct: fc.Arbitrary<Draft> = fc
  .tuple(table, undo, onFailure)
  .map(([target, how, more]) => (id) => [act(`do/${id}`, target, how, more)]);
const early = fc.constantFrom<Partial<Watch>[]>({}, { early: { by: ['owners'], after: 3_000 } });
const aWatch: fc.Arbitrary<Draft> = fc
  .tuple(length, early)
  .map(([ms, more]) => (id) => [watch(id, ms, more)]);
const aGate: fc.Arbitrary<Draft> = fc
  .tuple(fc.integer({ min: 1, max: 2 }), onExpiry)
  .map(([quorum, expiry]) => (id) => [gate(id, quorum, expiry)]);
const retire: fc.Arbitrary<Draft> = table.map((target) => (id) => [
  act(`retire/${id}`, target, byAction, { removesFromBaseline: true }),
]);
const purge: fc.Arbitrary<Draft> = fc
  .tuple(table, onExpiry)
  .map(([target, expiry]) => (id) => [
    gate(id, 1, expiry),
    act(`purge/${id}`, target, { type: 'irreversible', because: 'it is gone' }),
  ]);

const calm = fc.oneof(
  { weight: 4, arbitrary: schemaAct },
  { weight: 1, arbitrary: aWatch },
  { weight: 1, arbitrary: aGate },
);

function rising(flag: string, count: number): fc.Arbitrary<Draft[]> {
  const percents = fc.uniqueArray(fc.constantFrom(5, 25, 50, 100), { minLength: count, maxLength: count });
  return fc
    .tuple(percents, fc.array(length, { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 8_000 }))
    .map(([chosen, lengths, drain]) =>
      chosen
        .sort((a, b) => a - b)
        .map((percent, index) => (id: string) => [expose(flag, percent, drain), watch(id, lengths[index])]),
    );
}

function guards(usual: boolean): fc.Arbitrary<Guard[]> {
  const reaction = fc.constantFrom<Reaction[]>('hold', 'ask', 'roll-back');
  const on = usual
    ? fc.constant({})
    : fc.record({ inconclusive: reaction, error: reaction, 'no-evidence': reaction });
  return fc
    .array(on, { minLength: 1, maxLength: 2 })
    .map((all) => all.map((one, index) => guard(`guard-${index}`, one)));
}

/** Valid plans of every shape: several targets, all kinds of undo, one or two flags, gates, watches, contract. */
export function plans({
  usualReactions = false,
  exposes = false,
  reversible = false,
}: PlanChoices = {}): fc.Arbitrary<Plan> {
  const some = exposes ? 1 : 0;
  return fc
    .record({
      guards: guards(usualReactions),
      expand: fc.array(calm, { maxLength: 4 }),
      first: fc.integer({ min: some, max: 3 }).chain((count) => rising('a', count)),
      second: fc.integer({ min: 0, max: 2 }).chain((count) => rising('b', count)),
      soak: fc.array(calm, { maxLength: 2 }),
      promote: fc.array(aGate, { maxLength: 1 }),
      retire: fc.array(retire, { maxLength: 2 }),
      rest: fc.array(fc.oneof(reversible ? calm : purge, calm), { maxLength: 3 }),
    })
    .map(({ guards: guarded, expand, first, second, soak, promote, retire: retires, rest }) => {
      let count = 0;
      const place = (drafts: readonly Draft[]) => drafts.flatMap((draft) => draft(String((count += 1))));
      return withoutReachingBack(
        planOf(
          {
            expand: place(expand),
            canary: place(first),
            soak: place(soak),
            promote: place([...promote, ...second]),
            contract: place([...retires, ...rest, aLast]),
          },
          guarded,
        ),
      );
    });
}

/** No restore behind the first exposure takes back what was done before it: a plan with one is refused. */
function withoutReachingBack(plan: Plan): Plan {
  const steps = stepsOf(plan).map(({ step }) => step);
  const first = steps.findIndex((step) => step.type === 'act' && step.exposure);
  const before = new Set(steps.slice(0, first).flatMap((step) => (step.type === 'act' ? [step.target] : [])));
  const late = new Set(first < 0 ? [] : steps.slice(first));
  const fix = (step: ContractStep): ContractStep =>
    late.has(step) && step.type === 'act' && step.undo.type === 'restore' && before.has(step.target)
      ? { ...step, undo: byAction }
      : step;
  const phases = Object.fromEntries(Object.entries(plan.phases).map(([phase, all]) => [phase, all.map(fix)]));
  return { ...plan, phases: phases as unknown as Plan['phases'] };
}

/** Keeps generated plans from being empty. */
const aLast: Draft = (id) => [watch(id, milliseconds('5s'))];
