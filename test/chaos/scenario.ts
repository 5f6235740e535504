import splitCustomerName from '../../runbooks/split-customer-name.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { withBatchesOf } from '../support/rollouts/backfill.js';

/** What people, or the world, do to a rollout; whatever gate it comes to before is approved. */
export type Ending =
  | { readonly type: 'approve' }
  /** The candidate begins to fail in this watch. */
  | { readonly type: 'breach'; readonly in: string }
  /** Somebody takes it back, or says no, at this gate. */
  | { readonly type: 'abort' | 'reject'; readonly at: string };

/** One story that is told undisturbed, and then again with each fault. */
export interface Scenario {
  readonly name: string;
  readonly plan: Plan;
  readonly customers: number;
  readonly ending: Ending;
}

/**
 * The runbook's parameters: fractions of seconds where nothing happens, minutes where a fault must not run into a
 * deadline that people set.
 */
export const pace = {
  canary: [5, 25],
  canaryFor: '600ms',
  soakFor: '400ms',
  promotedFor: '400ms',
  retiredFor: '400ms',
  decideWithin: '10m',
  drain: '200ms',
  sampleEvery: '250ms',
  lookBack: '1500ms',
  minRequests: 10,
  preflightWithin: '3m',
  askAfter: '5m',
  giveUpAfter: '10m',
};

const customers = 300;

/** The demo's plan, with a backfill of several batches. */
function demoPlan(params: JsonObject = {}): Plan {
  return withBatchesOf(100)(splitCustomerName.evaluate({ ...pace, ...params }));
}

/** The demo's plan to its end, a breach in its canary, and an abort before its point of no return. */
export function demoScenarios(): Scenario[] {
  return [
    { name: 'completes', plan: demoPlan(), customers, ending: { type: 'approve' } },
    {
      name: 'breach',
      // So long that the breach, not the clock, ends it.
      plan: demoPlan({ canaryFor: '3s' }),
      customers,
      ending: { type: 'breach', in: 'watch/canary-25' },
    },
    {
      name: 'abort',
      plan: demoPlan({ canary: [25] }),
      customers,
      ending: { type: 'abort', at: 'approve/purge' },
    },
  ];
}
