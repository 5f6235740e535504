import { stepsOf, type Gate, type PlacedStep, type Plan, type Strength } from '../engine/plan/plan.js';
import { matches } from './pattern.js';

/** What an environment asks of every plan, whatever the plan says of itself. */
export interface LeastGate {
  readonly runbooks: string;
  /** Before exposure in the phase `promote` or of more than half of the users, or before what cannot be undone. */
  readonly before: 'promote' | 'purge';
  /** One of these groups has to be asked. */
  readonly groups: readonly string[];
  readonly quorum: number;
  readonly fourEyes: boolean;
  readonly strength: Strength;
}

/** The least gates that count for a runbook; all of them when a plan came as JSON and may call itself anything. */
export function leastGatesOf(
  gates: readonly LeastGate[],
  runbook: string,
  fromFile: boolean,
): readonly LeastGate[] {
  return fromFile ? gates : gates.filter((gate) => matches(gate.runbooks, runbook));
}

/** What a plan lacks of the least gates, each as thing, rule and fix in one sentence. Empty when nothing. */
export function missingGates(plan: Plan, gates: readonly LeastGate[]): readonly string[] {
  const steps = stepsOf(plan);
  return gates.flatMap((least) =>
    steps.flatMap((placed, index) => {
      if (!needs(least, placed)) return [];
      const enough = gatesBefore(steps, index).some((gate) => satisfies(gate, least));
      return enough ? [] : [faultOf(placed, least)];
    }),
  );
}

/** More than so many percent are a promotion, whatever phase a plan puts it in. */
const half = 50;

function needs({ before }: LeastGate, { phase, step }: PlacedStep): boolean {
  if (step.type !== 'act') return false;
  if (before === 'purge') return step.undo.type === 'irreversible';
  return step.exposure !== undefined && (phase === 'promote' || step.exposure.percent > half);
}

/** A gate before an act, and whether no other gate stands between the two. */
interface Before {
  readonly gate: Gate;
  readonly nearest: boolean;
}

/** Gates that stand between the last act of the same kind and this one: approval once given is not given for ever. */
function gatesBefore(steps: readonly PlacedStep[], index: number): readonly Before[] {
  const gates: Before[] = [];
  for (let at = index - 1; at >= 0; at--) {
    const step = steps[at]?.step;
    if (step?.type === 'gate') gates.push({ gate: step, nearest: gates.length === 0 });
    if (step?.type === 'act' && (step.exposure !== undefined || step.undo.type === 'irreversible')) break;
  }
  return gates;
}

/** A group beside the asked ones would let others carry the whole quorum, also one that is asked only later. */
function satisfies({ gate: { approval }, nearest }: Before, least: LeastGate): boolean {
  const { by, escalate, quorum, fourEyes = false } = approval;
  const asked = [...by, ...(escalate ? [escalate.to] : [])];
  // Before what cannot be undone a gate asks for a token by itself.
  const strength = approval.strength ?? (least.before === 'purge' && nearest ? 'token' : 'slack');
  return (
    quorum >= least.quorum &&
    asked.every((group) => least.groups.includes(group)) &&
    (fourEyes || !least.fourEyes) &&
    (strength === 'token' || least.strength === 'slack')
  );
}

function faultOf({ phase, step }: PlacedStep, least: LeastGate): string {
  const who = `${least.quorum} of ${least.groups.join(', ') || 'nobody'}`;
  const more = [
    ...(least.fourEyes ? ['fourEyes: true'] : []),
    ...(least.strength === 'token' ? ["strength: 'token'"] : []),
  ];
  const how = more.length > 0 ? ` with ${more.join(' and ')}` : '';
  return `${phase} step ${step.id}: this environment asks ${who} before it${how}; put approve(...) with that before it`;
}
