import { workflowInfo } from '@temporalio/workflow';
import { bytesOf } from '../src/analysis/packed.js';
import type { Plan } from '../src/engine/plan.js';
import type { RolloutState } from '../src/engine/state.js';
import type { ChainMemo, RolloutInput } from './protocol.js';

/** The server ends a rollout whose next run would begin with 2 MB, and plan and captures are in it, too. */
const mostOfJournal = { count: 2_000, bytes: 1_000_000 };
const mostOfDecisions = { count: 1_000, bytes: 300_000 };

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
  const { journal } = state;
  // In the order in which they were given: see `memberFor`.
  const answers = Object.entries(state.decisions);
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
      // What has not been exported is nowhere else, and the next event is numbered after the last one.
      journal: journal.slice(Math.min(exported, firstOfNewest(journal, mostOfJournal), journal.length - 1)),
      decisions: Object.fromEntries(answers.slice(firstOfNewest(answers, mostOfDecisions))),
    },
  };
}

/** Where the newest values begin that are no more than so many, and no more than so many bytes. */
function firstOfNewest(values: readonly unknown[], most: { count: number; bytes: number }): number {
  let first = values.length;
  for (let left = most.bytes; first > 0 && values.length - first < most.count; first--) {
    left -= bytesOf(values[first - 1]);
    if (left < 0) break;
  }
  return first;
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
