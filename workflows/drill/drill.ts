import { ApplicationFailure } from '@temporalio/workflow';
import { coverageOf, pointsToCover, reversibleDigest } from '../../src/drill/coverage.js';
import { pointsAsked } from '../../src/drill/points-asked.js';
import { pointName, type FailurePoint } from '../../src/drill/points.js';
import { provenOf, proves, timesOf, type DrilledPoint, type DrillRecord } from '../../src/drill/record.js';
import type { DrillInput, DrillProgress, DrillResult } from '../../src/drill/workflow.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { validate } from '../../src/engine/plan/validate.js';
import type { Notice } from '../../src/engine/state/values.js';
import { doors } from '../../src/protocol/doors.js';
import { drilledRolloutId } from '../../src/protocol/drill.js';
import { listen } from '../doors/listen.js';
import { refuseForeignStart } from '../doors/starts.js';
import { thisRun } from '../sdk/run.js';
import { now } from '../sdk/turns.js';
import { activities, notify } from './activities.js';
import { failAt } from './fail-at.js';

/**
 * Drills a plan: runs it once for each of its points, has it fail there, lets it go back, and looks whether everything is as
 * it was. One after the other: they work on the same targets.
 *
 * Closes as failed when a point did not come back, so that a schedule can stop for it.
 */
export async function drill(input: DrillInput): Promise<DrillResult> {
  refuseForeignStart(input);
  const { plan, digest, environment, startedBy, timeScale } = input;
  const points = pointsToDrill(input);
  const { workflowId: id, runId } = thisRun();
  const drilled: DrilledPoint[] = [];
  let current: FailurePoint | undefined;
  listen(doors.drill, {
    signals: {},
    updates: {},
    queries: {
      progress: (): DrillProgress => ({
        format: 1,
        drill: id,
        runbook: plan.runbook,
        digest,
        points: points.length,
        drilled,
        ...(current && { current: pointName(current) }),
      }),
    },
  });

  const startedAt = now();
  let prepared = await activities.prepareDrill({ drill: id, environment, plan });
  let spoilt = false;
  for (const [index, point] of points.entries()) {
    // What did not come back would be the next one's beginning.
    if (spoilt) prepared = await activities.prepareDrill({ drill: id, environment, plan });
    current = point;
    const rollout = drilledRolloutId(environment, plan.runbook, runId, index + 1);
    const found = await failAt(input, point, { drill: id, rollout, point });
    drilled.push(found);
    spoilt = found.result === 'failed' || found.outcome !== 'rolled-back';
  }
  current = undefined;

  const proven = provenOf({ points: drilled }).map(pointName);
  const endedAt = now();
  const record = await activities.endDrill({
    record: {
      format: 1,
      drill: id,
      runbook: plan.runbook,
      digest,
      reversibleDigest: reversibleDigest(plan),
      build: prepared.build,
      ground: prepared.ground,
      environment,
      startedBy,
      ...(input.signed !== undefined && { signed: input.signed }),
      startedAt,
      endedAt,
      expiresAt: endedAt + proves,
      timeScale,
      points: drilled,
      pointsToCover: pointsToCover(plan).length,
      coverage: coverageOf(plan, proven),
      ...(plan.objective && { restoreWithin: plan.objective.restoreWithin }),
      timeToRestore: timesOf(drilled.filter(({ pastReturn }) => !pastReturn)),
      rowsCompared: sum(drilled.map(({ rowsCompared }) => rowsCompared)),
      rowsLost: sum(drilled.map(({ rowsLost }) => rowsLost)),
      pastReturn: drilled.filter(({ pastReturn }) => pastReturn).length,
      notSimulated: prepared.notSimulated,
    },
  });
  await notify(newsOf(record, plan.owner)).catch(() => undefined);
  return close(record);
}

/** Those that were asked for, in the order of the plan. */
function pointsToDrill({ plan, digest, points, timeScale }: DrillInput): readonly FailurePoint[] {
  let asked: readonly FailurePoint[];
  try {
    validate(plan);
    asked = pointsAsked(plan, points);
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
  if (planDigest(plan) !== digest) refuse(`the plan's digest is ${planDigest(plan)}, not ${digest}`);
  if (!(timeScale > 0 && timeScale <= 1))
    refuse(`its time scale is ${timeScale}: give a number above 0 and at most 1`);
  return asked;
}

/** The owner hears of success, too: silence has to mean something. */
function newsOf(record: DrillRecord, owner: string): Notice {
  const { drill: rollout, runbook, environment, points } = record;
  const fault = faultOf(record);
  const passed = `all ${points.length} points that were drilled came back`;
  const text = `drill of ${runbook} in ${environment}: ${fault ?? passed}`;
  return { rollout, owner, urgency: fault === undefined ? 'news' : 'incident', text };
}

function close(record: DrillRecord): DrillResult {
  const fault = faultOf(record);
  if (fault === undefined) return { format: 1, record };
  throw ApplicationFailure.nonRetryable(fault, 'DrillFailed', record);
}

/** What did not come back; undefined when all did. */
function faultOf({ points }: DrillRecord): string | undefined {
  const failed = points.filter(({ result }) => result === 'failed');
  if (failed.length === 0) return undefined;
  const names = failed.map((point) => `${pointName(point)} (${point.differences[0]})`).join('; ');
  return `${failed.length} of ${points.length} points did not come back: ${names}`;
}

function refuse(reason: string): never {
  throw ApplicationFailure.nonRetryable(reason, 'Refused');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
