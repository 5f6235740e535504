import { CancellationScope, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { pointName, type FailurePoint } from '../../src/drill/points.js';
import type { DrilledPoint } from '../../src/drill/record.js';
import type { DrillInput, PointInput, Steered } from '../../src/drill/workflow.js';
import { formatDuration } from '../../src/engine/base/duration.js';
import { stepsOf, type Plan } from '../../src/engine/plan/plan.js';
import { rolloutType, type RolloutInput } from '../../src/protocol/rollout.js';
import { activities } from './activities.js';

const keyword = (name: string, value: string) => ({
  key: defineSearchAttributeKey(`Switchback${name}`, SearchAttributeType.KEYWORD),
  value,
});

/** Runs the plan, has it fail at a point, and looks what is left. */
export async function failAt(input: DrillInput, point: FailurePoint, at: PointInput): Promise<DrilledPoint> {
  const { plan } = input;
  await activities.beginPoint({ ...at, plan });
  const steered = await carryOut(input, at);
  const isBack = steered.outcome === 'rolled-back' && point.expects === 'rolled-back';
  const found = isBack
    ? await activities.comparePoint({ ...at, plan, isBack })
    : { differences: [], rowsCompared: 0, rowsLost: 0 };
  const differences = [...faultsOf(point, steered), ...lateBack(plan, steered), ...found.differences];
  const { outcome, restored } = steered;
  return {
    ...point,
    kind: stepsOf(plan).find(({ step }) => step.id === point.step)?.step.type ?? 'act',
    result: differences.length === 0 ? 'passed' : 'failed',
    ...(outcome !== undefined && { outcome }),
    differences,
    ...(isBack && restored && { restored }),
    rowsCompared: found.rowsCompared,
    rowsLost: found.rowsLost,
  };
}

/** The rollout is a child, so that whoever looks at the drill finds it; a drill that is ended has it taken back. */
async function carryOut(input: DrillInput, at: PointInput): Promise<Steered> {
  const { plan, digest, environment, startedBy, timeScale } = input;
  const { failure, step } = at.point;
  // A gate that is to be answered with no keeps its deadline, which must not pass before.
  const failsAt = failure === 'reject' ? {} : { failsAt: step };
  const args: [RolloutInput] = [
    { format: 1, plan, digest, environment, startedBy, drill: { timeScale, ...failsAt } },
  ];
  const scope = new CancellationScope();
  // How it closes says the same as its outcome, which is asked for.
  const closed = scope
    .run(() =>
      executeChild(rolloutType, {
        workflowId: at.rollout,
        args,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: `fails at ${pointName(at.point)}`,
        typedSearchAttributes: [
          keyword('Runbook', plan.runbook),
          keyword('Owner', plan.owner),
          keyword('Environment', environment),
          keyword('State', 'preflight'),
          keyword('Phase', 'none'),
        ],
      }),
    )
    .then(
      () => undefined,
      () => undefined,
    );
  const steered = await activities.steerRollout({ ...at, plan });
  if (steered.outcome === undefined) scope.cancel();
  await closed;
  return steered;
}

/** Back is not enough, where the runbook says by when. */
function lateBack({ objective }: Plan, { restored }: Steered): string[] {
  if (!objective || !restored || restored.verified <= objective.restoreWithin) return [];
  return [
    `it took ${formatDuration(restored.verified)} to be back and verified, and its objective is ${formatDuration(objective.restoreWithin)}`,
  ];
}

function faultsOf(point: FailurePoint, { outcome, reason, unconfirmed }: Steered): string[] {
  if (outcome === undefined) return [`it does not end: ${reason}`];
  if (outcome !== point.expects) return [`it ends ${outcome}, not ${point.expects}: ${reason}`];
  return unconfirmed ? ['the guards of the baseline were not seen to pass again'] : [];
}
