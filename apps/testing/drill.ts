import type { Runbook } from '../../src/engine/plan/runbook.js';
import { drill as drillInMemory, type DrillOptions as MemoryDrillOptions } from '../../src/testing/drill.js';
import { drillOnLocal, type LocalDrillOptions } from './local/drill.js';

/** How a runbook is drilled: `on: 'memory'` in a second without any server, `on: 'local'` on real targets. */
export type DrillOptions = MemoryDrillOptions | LocalDrillOptions;

/**
 * Drills a runbook at every point at which it can fail: declares a test for each with vitest. A missing or a wrong way
 * back is red, and says what did not come back.
 *
 * @throws Refusal when nobody says how something that the plan acts on begins
 *
 * @example
 * drill(splitCustomerName, {
 *   on: 'local',
 *   databases: {
 *     shop: {
 *       begin: `CREATE TABLE customer (id bigint PRIMARY KEY, full_name text NOT NULL);
 *               INSERT INTO customer VALUES (1, 'Ada Lovelace'), (2, 'Alan Turing')`,
 *       writes: [`UPDATE customer SET full_name = 'Ada King' WHERE id = 1`],
 *     },
 *   },
 *   flags: {
 *     flags: {
 *       flags: { 'split-name': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' } },
 *     },
 *   },
 * });
 */
export function drill(runbook: Runbook, options: DrillOptions): void {
  if (options.on === 'memory') drillInMemory(runbook, options);
  else drillOnLocal(runbook, options);
}
