import { workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../src/engine/plan.js';
import type { RolloutState } from '../src/engine/state.js';
import type { ChainMemo, RolloutInput } from './protocol.js';

/** A payload may have 2 MB, with the plan and the captures in it: what is older stands in the exported journal. */
const mostEvents = 2_000;
const mostDecisions = 1_000;

/**
 * What the next run is started with: everything the rollout knows, with the oldest of its records left out.
 *
 * @param exported how many events of the journal, as it is now, have been exported
 */
export function carriedOver(
  input: RolloutInput,
  plan: Plan,
  state: RolloutState,
  exported: number,
): RolloutInput {
  const { format, environment, startedBy, wait, continueAfter } = input;
  const { journal, decisions } = state;
  return {
    format,
    environment,
    startedBy,
    ...(wait === false && { wait }),
    ...(continueAfter !== undefined && { continueAfter }),
    plan,
    digest: state.digest,
    exported: journal[exported - 1]?.number ?? 0,
    state: {
      ...state,
      // What has not been exported is nowhere else.
      journal: journal.slice(Math.min(exported, Math.max(0, journal.length - mostEvents))),
      decisions: Object.fromEntries(Object.entries(decisions).slice(-mostDecisions)),
    },
  };
}

/** How many events of the journal that a run begins with have been exported by the runs before. */
export function exportedBefore(input: RolloutInput, { journal }: RolloutState): number {
  const last = 'plan' in input ? input.exported : undefined;
  return last === undefined ? journal.length : journal.filter(({ number }) => number <= last).length;
}

/** What the next run's memo says of the whole rollout. */
export function chainMemo(plan: Plan, state: RolloutState): ChainMemo {
  const { memo, startTime } = workflowInfo();
  const { startedAt = startTime.toISOString() } = (memo ?? {}) as ChainMemo;
  return { summary: summaryOf(plan, state), startedAt };
}

/** Why the rollout exists, in a line. */
export function summaryOf(plan: Plan, { takesBack }: RolloutState): string {
  if (!takesBack) return `${plan.runbook}: ${plan.why}`;
  return `${takesBack.kind} of ${takesBack.rollout}: ${takesBack.reason}`;
}
