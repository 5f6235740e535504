import { bytesOf } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import type { ChainMemo, RolloutInput, Unheard } from '../../src/protocol/rollout.js';
import { thisRun } from '../sdk/run.js';

/** The server ends a rollout whose next run would begin with 2 MB, and plan and captures are in it, too. */
const mostOfJournal = { count: 2_000, bytes: 1_000_000 };
const mostOfDecisions = { count: 1_000, bytes: 300_000 };

/**
 * What the next run is started with: everything the rollout knows, with the oldest of its records left out.
 *
 * @param exported how many events of the journal, as it is now, have been exported
 * @param unheard what this run has not dealt with
 */
export function carriedOver(
  input: RolloutInput,
  plan: Plan,
  state: RolloutState,
  exported: number,
  unheard: Unheard = { waiting: [] },
): RolloutInput {
  const { format, environment, startedBy, askedFor, fromFile, wait, continueAfter, overflowsAfter, drill } =
    input;
  const { journal } = state;
  // In the order in which they were given: see `memberFor`.
  const answers = Object.entries(state.decisions);
  return {
    format,
    environment,
    startedBy,
    ...(askedFor !== undefined && { askedFor }),
    ...(fromFile && { fromFile }),
    ...(wait === false && { wait }),
    ...(continueAfter !== undefined && { continueAfter }),
    ...(overflowsAfter !== undefined && { overflowsAfter }),
    ...(drill && { drill }),
    plan,
    digest: state.digest,
    exported: journal[exported - 1]?.number ?? 0,
    unheard,
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
  const { memo, startTime } = thisRun();
  const { startedAt = startTime.toISOString() } = (memo ?? {}) as ChainMemo;
  return { summary: summaryOf(plan, state), startedAt };
}

/** Why the rollout exists, in a line. */
export function summaryOf(plan: Plan, { reverts }: RolloutState): string {
  if (!reverts) return `${plan.runbook}: ${plan.why}`;
  return `${reverts.kind} of ${reverts.rollout}: ${reverts.reason}`;
}
