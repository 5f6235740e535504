import { afterAll, beforeAll, describe, test } from 'vitest';
import { failurePointsOf, pointName } from '../../../src/drill/points.js';
import type { JsonObject } from '../../../src/engine/base/json.js';
import type { Runbook } from '../../../src/engine/plan/runbook.js';
import { requireComplete } from './complete.js';
import { drillCompletionLocally, drillPointLocally } from './drill-point.js';
import { explain } from './explain.js';
import type { LocalTargets } from './options.js';
import { openStage, type LocalStage } from './stage.js';

/** How a runbook is drilled on real targets. */
export interface LocalDrillOptions extends LocalTargets {
  /** `local`: the SQL on a real PostgreSQL, flags in a real file, a team's own adapters on what they are given. */
  readonly on: 'local';
  /** Parameters of the runbook; its defaults when absent. */
  readonly params?: JsonObject;
}

/** Milliseconds after which something hangs: how busy a machine is must decide nothing. */
const hangs = 300_000;

/** Declares a test for each point of a runbook with vitest, on servers of this machine. */
export function drillOnLocal(runbook: Runbook, { params = {}, ...targets }: LocalDrillOptions): void {
  const plan = runbook.evaluate(params);
  requireComplete(plan, targets);
  describe(`${runbook.name} drilled on this machine`, () => {
    let stage: LocalStage;
    beforeAll(async () => {
      stage = await openStage(plan, targets);
    }, hangs);
    afterAll(() => stage?.close(), hangs);

    test(
      'gets to its end when nothing fails',
      async () => {
        const problem = await drillCompletionLocally(stage, plan);
        if (problem !== undefined) throw new Error(`${runbook.name}: ${problem}`);
      },
      hangs,
    );
    test.each(failurePointsOf(plan).map((point) => [pointName(point), point] as const))(
      'comes back from %s',
      async (_name, point) => {
        const faults = await drillPointLocally(stage, plan, point);
        if (faults.length > 0) throw new Error(explain(plan, point, faults));
      },
      hangs,
    );
  });
}
