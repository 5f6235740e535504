import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import type { WorkflowStartOptions } from '@temporalio/client';
import type { RolloutInput } from '../../src/protocol/rollout.js';
import type { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

/** The server refuses longer ones, in bytes. */
const longestSummary = 400;

/**
 * How a rollout is started: an id is used once for good, nothing limits how long it takes, and it is never run again
 * by itself.
 */
export function startOptions(
  rollout: string,
  input: Extract<RolloutInput, { plan: unknown }>,
): WorkflowStartOptions & { args: [RolloutInput] } {
  const { plan, environment, digest } = input;
  return {
    ...once(rollout, environment),
    args: [input],
    staticSummary: shorten(`${plan.runbook}: ${plan.why}`),
    staticDetails: `${plan.hypothesis}\n\nplan \`${digest}\`, started by ${input.startedBy}`,
    typedSearchAttributes: [
      keyword('SwitchbackRunbook', plan.runbook),
      keyword('SwitchbackOwner', plan.owner),
      keyword('SwitchbackEnvironment', environment),
      keyword('SwitchbackState', 'preflight'),
      keyword('SwitchbackPhase', 'none'),
    ],
  };
}

/** How a rollout is started that takes another one back. */
export function takeBackOptions(
  rollout: string,
  runbook: string,
  input: Extract<RolloutInput, { reverts: unknown }>,
): WorkflowStartOptions & { args: [RolloutInput] } {
  const { reverts, environment } = input;
  return {
    ...once(rollout, environment),
    args: [input],
    staticSummary: shorten(`${reverts.kind} of ${reverts.rollout}: ${reverts.reason}`),
    staticDetails: `started by ${reverts.by}`,
    typedSearchAttributes: [
      keyword('SwitchbackRunbook', runbook),
      keyword('SwitchbackEnvironment', environment),
      keyword('SwitchbackState', 'preflight'),
      keyword('SwitchbackPhase', 'none'),
    ],
  };
}

function once(workflowId: string, environment: string) {
  return {
    workflowId,
    taskQueue: taskQueueOf(environment),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
  } as const;
}

function keyword(name: keyof typeof searchAttributes, value: string): SearchAttributePair {
  return { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value };
}

function shorten(text: string): string {
  let short = text;
  while (Buffer.byteLength(short) > longestSummary) short = short.slice(0, -1);
  return short;
}
