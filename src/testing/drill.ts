import { describe, expect, test } from 'vitest';
import { failurePointsOf, pointName } from '../drill/points.js';
import type { JsonObject } from '../engine/base/json.js';
import type { Runbook } from '../engine/plan/runbook.js';
import { drillCompletion, drillPoint } from './memory/drill-point.js';
import type { MemorySystem } from './memory/system.js';

/** How a runbook is drilled. */
export interface DrillOptions {
  /** `memory`: structure, order, and whether there is a way back. No server, no rows, no SQL. */
  readonly on: 'memory';
  /** Parameters of the runbook; its defaults when absent. */
  readonly params?: JsonObject;
  /** What a team's own actions do to a target; an undo by an action of an unknown system is taken at its word. */
  readonly systems?: readonly MemorySystem[];
}

/**
 * Drills a runbook at every point at which it can fail: declares a test for each with vitest. A missing or a wrong way
 * back is red.
 *
 * @example
 * drill(splitCustomerName, { on: 'memory' });
 */
export function drill(runbook: Runbook, { params = {}, systems = [] }: DrillOptions): void {
  const plan = runbook.evaluate(params);
  describe(`${runbook.name} drilled in memory`, () => {
    test('gets to its end when nothing fails', async () => {
      expect(await drillCompletion(plan, systems)).toBeUndefined();
    });
    test.each(failurePointsOf(plan).map((point) => [pointName(point), point] as const))(
      'comes back from %s',
      async (_name, point) => {
        expect(await drillPoint(plan, point, systems)).toEqual([]);
      },
    );
  });
}
