import { pointName, type FailurePoint } from '../../../src/drill/points.js';
import { stepsOf, type Act, type Plan, type Undo } from '../../../src/engine/plan/plan.js';

/** What a person reads of a point that is red: what did not come back, whose way back that is, and what to do. */
export function explain(plan: Plan, point: FailurePoint, faults: readonly string[]): string {
  const told = [...new Set(faults)].map((fault) => `  - ${fault}`);
  const begun = begunActs(plan, point).map(({ id, undo }) => `  - ${id}: ${describe(undo)}`);
  const fix =
    point.expects === 'halted'
      ? 'fix: past the point of no return, and where the plan says so, it has to halt'
      : 'fix: let the way back of the act that brought it take exactly that back, then drill again';
  return [
    `${plan.runbook} does not come back from "${pointName(point)}":`,
    ...told,
    'acts that had begun by then, the last first, and their ways back:',
    ...begun,
    fix,
  ].join('\n');
}

/** The last first, as they are taken back. */
function begunActs(plan: Plan, { step }: FailurePoint): Act[] {
  const steps = stepsOf(plan).map((placed) => placed.step);
  const upTo = steps.findIndex(({ id }) => id === step);
  return steps
    .slice(0, upTo + 1)
    .flatMap((one) => (one.type === 'act' ? [one] : []))
    .reverse();
}

function describe(undo: Undo): string {
  switch (undo.type) {
    case 'restore':
      return 'restored to what was captured';
    case 'act':
      return `undone by ${undo.do.kind}`;
    case 'nothing':
      return `nothing, because ${undo.because}`;
    case 'irreversible':
      return `irreversible, because ${undo.because}`;
  }
}
