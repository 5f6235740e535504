import { drillCommand } from './command.js';
import { reversibleDigest, pointsToCover } from './coverage.js';
import { changesIn, type Ground } from './ground.js';
import { pointName } from './points.js';
import type { DrilledPoint, DrillRecord } from './record.js';
import { formatDuration } from '../engine/base/duration.js';
import type { Plan } from '../engine/plan/plan.js';
import type { DrillProof } from '../engine/state/values.js';

/** What an environment asks of drills before everybody gets the candidate. */
export interface ProofPolicy {
  /** The environment in which plans are drilled. */
  readonly environment: string;
  /** The file of the plan's runbook, where the configuration lists it. */
  readonly file?: string;
  /** Milliseconds for which a drilled point counts. */
  readonly maxAge: number;
  /** Of the points before the point of no return, 0 to 1. */
  readonly coverage: number;
  /** Whether the time to restore has to keep to the plan's objective. */
  readonly withinObjective: boolean;
}

/** Points that are named in a reason, of those that are not proven. */
const named = 5;

/**
 * What records prove of a plan at a time. Of each point the newest drill counts, passed or not; and only drills of the same
 * way back, in the environment that the policy names. What passed counts while it is young enough. What did not come back
 * counts until it does, and closes the gate also where less than every point is asked for: it is known to be broken.
 *
 * @param records in any order
 * @param here what the plan is carried out on; a drill on other ground proves nothing
 */
export function proofOf(
  plan: Plan,
  records: readonly DrillRecord[],
  policy: ProofPolicy,
  at: number,
  here?: Ground,
): DrillProof {
  const decisive = newestOf(plan, records, policy, at);
  const points = pointsToCover(plan);
  const changed = ({ record: { ground } }: Decisive) => (ground && here ? changesIn(ground, here) : []);
  const passed = points.filter((point) => {
    const found = decisive.get(pointName(point));
    if (found?.point.result !== 'passed') return false;
    return isFresh(found.record, policy, at) && changed(found).length === 0;
  });
  const coverage = points.length === 0 ? 0 : passed.length / points.length;
  const rests = passed.flatMap((point) => decisive.get(pointName(point)) ?? []);
  const times = rests.flatMap(({ point: { restored } }) => restored?.verified ?? []);
  const worst = times.length > 0 ? Math.max(...times) : undefined;
  const oldest = rests.length > 0 ? Math.min(...rests.map(({ record }) => record.endedAt)) : undefined;
  const missing = points.filter((point) => !passed.includes(point)).map(pointName);
  const broken = points.flatMap((point) => decisive.get(pointName(point)) ?? []).filter(isBroken);
  const seen = brokenAt(broken);
  const changes = [...new Set([...decisive.values()].flatMap(changed))];
  const fault =
    (seen && `${seen}; mend its way back, then ${command(plan, policy)}`) ??
    (coverage < policy.coverage ? unproven(plan, missing, changes, policy) : late(plan, worst, policy));
  const facts = {
    coverage,
    ...(oldest !== undefined && { drilledAt: oldest }),
    ...(worst !== undefined && { worst }),
    ...(seen !== undefined && { broken: seen }),
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
  readonly record: DrillRecord;
}

/** A record says itself until when it proves something; the policy may ask for a younger one. */
function isFresh({ endedAt, expiresAt }: DrillRecord, { maxAge }: ProofPolicy, at: number): boolean {
  return at - endedAt <= maxAge && at <= expiresAt;
}

function isBroken({ point }: Decisive): boolean {
  return point.result === 'failed';
}

function newestOf(
  plan: Plan,
  records: readonly DrillRecord[],
  { environment }: ProofPolicy,
  at: number,
): ReadonlyMap<string, Decisive> {
  const digest = reversibleDigest(plan);
  const counting = records.filter(
    (record) =>
      record.runbook === plan.runbook &&
      record.environment === environment &&
      record.reversibleDigest === digest &&
      record.endedAt <= at,
  );
  const oldestFirst = [...counting].sort((a, b) => a.endedAt - b.endedAt);
  return new Map(
    oldestFirst.flatMap((record) =>
      record.points.map((point) => [pointName(point), { point, record }] as const),
    ),
  );
}

/** What did not come back, with the first thing that was seen of each. */
function brokenAt(broken: readonly Decisive[]): string | undefined {
  if (broken.length === 0) return undefined;
  const seen = broken
    .slice(0, named)
    .map(({ point }) => `${pointName(point)}${point.differences[0] ? ` (${point.differences[0]})` : ''}`);
  const more = broken.length > named ? ` and ${broken.length - named} more` : '';
  return `it did not come back in a drill from ${seen.join(', ')}${more}`;
}

function command(plan: Plan, policy: ProofPolicy): string {
  const which = policy.file === undefined ? `with the file of ${plan.runbook}: ` : '';
  return `${which}${drillCommand(plan, policy)}`;
}

function unproven(
  plan: Plan,
  missing: readonly string[],
  changes: readonly string[],
  policy: ProofPolicy,
): string {
  const more = missing.length > named ? ` and ${missing.length - named} more` : '';
  const since = changes.length === 0 ? '' : `since it was drilled, ${changes.join(', ')}; `;
  return (
    `its way back is not proven at ${missing.slice(0, named).join(', ')}${more}, ` +
    `by a drill of the last ${formatDuration(policy.maxAge)}; ${since}${command(plan, policy)}`
  );
}

function late(plan: Plan, worst: number | undefined, policy: ProofPolicy): string | undefined {
  if (!policy.withinObjective) return undefined;
  if (!plan.objective) {
    return `it does not say how long going back may take: write objective: { restoreWithin: '5m' } in the plan of ${plan.runbook}`;
  }
  const { restoreWithin } = plan.objective;
  if (worst === undefined) return `no drill has measured how long going back takes; ${command(plan, policy)}`;
  if (worst <= restoreWithin) return undefined;
  return `going back took ${formatDuration(worst)} in a drill, and its objective is ${formatDuration(restoreWithin)}`;
}
