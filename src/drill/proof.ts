import { reversibleDigest, pointsToCover } from './coverage.js';
import { pointName } from './points.js';
import type { DrilledPoint, DrillRecord } from './record.js';
import { formatDuration } from '../engine/base/duration.js';
import type { Plan } from '../engine/plan/plan.js';

/** What an environment asks of drills before everybody gets the candidate. */
export interface ProofPolicy {
  /** The environment in which plans are drilled. */
  readonly environment: string;
  /** Milliseconds for which a drilled point counts. */
  readonly maxAge: number;
  /** Of the points before the point of no return, 0 to 1. */
  readonly coverage: number;
  /** Whether the time to restore has to keep to the plan's objective. */
  readonly withinObjective: boolean;
}

/** What drills prove of a plan, for people and for the gate. */
export interface Proof {
  /** Nothing that the policy asks for is missing. */
  readonly proven: boolean;
  /** What is missing, with how to prove it; or what is proven. */
  readonly reason: string;
  /** 0 to 1. */
  readonly coverage: number;
  /** The end of the oldest drill that it rests on, in milliseconds since the epoch. Absent where nothing is proven. */
  readonly drilledAt?: number;
  /** The longest time to restore of a point it rests on, in milliseconds. */
  readonly worst?: number;
}

/** Points that are named in a reason, of those that are not proven. */
const named = 5;

/**
 * What records prove of a plan at a time. Of each point the newest drill counts, passed or not; and only drills of the same
 * way back, in the environment that the policy names, that are not too old.
 *
 * @param records in any order
 */
export function proofOf(plan: Plan, records: readonly DrillRecord[], policy: ProofPolicy, at: number): Proof {
  const decisive = newestOf(plan, records, policy, at);
  const points = pointsToCover(plan);
  const passed = points.filter((point) => decisive.get(pointName(point))?.point.result === 'passed');
  const coverage = points.length === 0 ? 0 : passed.length / points.length;
  const rests = passed.flatMap((point) => decisive.get(pointName(point)) ?? []);
  const times = rests.flatMap(({ point: { restored } }) => restored?.verified ?? []);
  const worst = times.length > 0 ? Math.max(...times) : undefined;
  const oldest = rests.length > 0 ? Math.min(...rests.map(({ endedAt }) => endedAt)) : undefined;
  const missing = points.filter((point) => !passed.includes(point)).map(pointName);
  const fault = coverage < policy.coverage ? unproven(plan, missing, policy) : late(plan, worst, policy);
  const facts = {
    coverage,
    ...(oldest !== undefined && { drilledAt: oldest }),
    ...(worst !== undefined && { worst }),
  };
  if (fault !== undefined) return { proven: false, reason: fault, ...facts };
  return {
    proven: true,
    reason: `${passed.length} of ${points.length} points came back in a drill`,
    ...facts,
  };
}

interface Decisive {
  readonly point: DrilledPoint;
  readonly endedAt: number;
}

function newestOf(
  plan: Plan,
  records: readonly DrillRecord[],
  { environment, maxAge }: ProofPolicy,
  at: number,
): ReadonlyMap<string, Decisive> {
  const digest = reversibleDigest(plan);
  const counting = records.filter(
    (record) =>
      record.runbook === plan.runbook &&
      record.environment === environment &&
      record.reversibleDigest === digest &&
      record.endedAt <= at &&
      at - record.endedAt <= maxAge,
  );
  const oldestFirst = [...counting].sort((a, b) => a.endedAt - b.endedAt);
  return new Map(
    oldestFirst.flatMap(({ points, endedAt }) =>
      points.map((point) => [pointName(point), { point, endedAt }] as const),
    ),
  );
}

function unproven(
  { runbook }: Plan,
  missing: readonly string[],
  { environment, maxAge }: ProofPolicy,
): string {
  const more = missing.length > named ? ` and ${missing.length - named} more` : '';
  return (
    `its way back is not proven at ${missing.slice(0, named).join(', ')}${more}, ` +
    `by a drill of the last ${formatDuration(maxAge)}; with the file of ${runbook} and the same parameters: switchback drill run FILE --env ${environment}`
  );
}

function late(plan: Plan, worst: number | undefined, { withinObjective }: ProofPolicy): string | undefined {
  if (!withinObjective) return undefined;
  if (!plan.objective) {
    return `it does not say how long going back may take: write objective: { restoreWithin: '5m' } in the plan of ${plan.runbook}`;
  }
  const { restoreWithin } = plan.objective;
  if (worst === undefined || worst <= restoreWithin) return undefined;
  return `going back took ${formatDuration(worst)} in a drill, and its objective is ${formatDuration(restoreWithin)}`;
}
