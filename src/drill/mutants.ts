import { actsOf, phases, type Act, type Plan, type Undo } from '../engine/plan/plan.js';

/** How a way back is spoilt. */
export const spoilings = [
  /** There is none any more. */
  'removed',
  /** It says that it succeeded, and does nothing. */
  'does-nothing',
  /** It puts back what the act itself left. */
  'stale',
] as const;
export type Spoiling = (typeof spoilings)[number];

/** A plan whose way back at one act is spoilt: a drill that stays green on it proves nothing. */
export interface Mutant {
  readonly act: string;
  readonly spoiling: Spoiling;
}

/** A mutant's name: `keep-in-sync/shop.customer removed`. */
export function mutantName({ act, spoiling }: Mutant): string {
  return `${act} ${spoiling}`;
}

/** Every way in which one of a plan's ways back can be spoilt; acts that have none to spoil are left out. */
export function mutantsOf(plan: Plan): readonly Mutant[] {
  return actsOf(plan).flatMap(({ id, undo }) => spoilingsOf(undo).map((spoiling) => ({ act: id, spoiling })));
}

function spoilingsOf({ type }: Undo): readonly Spoiling[] {
  switch (type) {
    case 'act':
      return ['removed', 'does-nothing'];
    case 'restore':
      return ['removed', 'does-nothing', 'stale'];
    case 'nothing':
    case 'irreversible':
      return [];
  }
}

/** The plan as the mutant has it; only `removed` shows in a plan. */
export function mutated(plan: Plan, { act, spoiling }: Mutant): Plan {
  if (spoiling !== 'removed') return plan;
  const without = (step: Act): Act =>
    step.id === act ? { ...step, undo: { type: 'nothing', because: 'it was taken out' } } : step;
  const steps = phases.map((phase) => [
    phase,
    plan.phases[phase].map((step) => (step.type === 'act' ? without(step) : step)),
  ]);
  return { ...plan, phases: Object.fromEntries(steps) };
}
