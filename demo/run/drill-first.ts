import { connectDrills } from '../../apps/client/drills.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { pointLine } from '../../apps/cli/drills/follow.js';
import { drillEnvironment } from '../stack/drill-part.js';
import { summaryOf, type DrillSummary } from './drill-summary.js';

/** Some of the points of the demo's plan: `npm run drill:demo` has the time for all. */
export const shortList = [
  'backfill/shop.customer after-effect',
  'watch/canary-5 breach',
  'approve/go reject',
];

/** What a door is asked to vouch for. */
export interface DrillWanted {
  readonly runbook: string;
  readonly params: JsonObject;
  readonly digest: string;
  readonly environment: string;
  readonly timeScale: number;
  readonly points: readonly string[];
}

/** A door vouches for a drill, and says who wants it. */
export type SignDrill = (
  wanted: DrillWanted,
) => Promise<{ readonly startedBy: string; readonly signed: string }>;

/** Has the plan fail at some points in the stack's drill environment before anybody starts it for real. */
export async function drillFirst(
  address: string,
  plan: Plan,
  sign: SignDrill,
  log: (line: string) => void,
): Promise<DrillSummary> {
  log(`  Drilling ${shortList.length} points first: the environment promotes nothing without`);
  const client = await connectDrills({ address });
  try {
    const wanted = {
      digest: planDigest(plan),
      environment: drillEnvironment,
      timeScale: 0.02,
      points: shortList,
    };
    // Only what a door has signed opens a gate of the environment.
    const vouched = await sign({ ...wanted, runbook: plan.runbook, params: plan.params });
    const record = await client.result(await client.start({ plan, ...wanted, ...vouched }));
    for (const point of record.points) log(`  ${pointLine(point)}`);
    return summaryOf(record);
  } finally {
    await client.close();
  }
}
