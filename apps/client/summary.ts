import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { ChainMemo } from '../../src/protocol/rollout.js';
import { whoIsAsked } from './who-is-asked.js';
import type { ListFilter, RolloutSummary } from './client.js';
import type { searchAttributes } from '../../activities/temporal/search-attributes.js';
import { partsOf } from './rollout-id.js';

/** Somebody paused its workflow in Temporal. */
export const pausedStatus = 'paused-in-temporal';

/** What happened to a workflow that could not say it itself. */
const endings: Partial<Record<string, string>> = {
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  PAUSED: pausedStatus,
};

type Listed = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'status' | 'startTime' | 'typedSearchAttributes' | 'memo'
> & {
  readonly closeTime?: Date | undefined;
};

/** A line of the list from what the server knows without asking a worker. */
export function summaryOf(execution: Listed): RolloutSummary {
  const { workflowId, status, startTime, closeTime, memo } = execution;
  const text = (name: keyof typeof searchAttributes) =>
    execution.typedSearchAttributes.get(defineSearchAttributeKey(name, SearchAttributeType.KEYWORD));
  const parts = partsOf(workflowId) ?? { environment: 'none', runbook: 'none', key: workflowId };
  return {
    rollout: workflowId,
    ...parts,
    owner: text('SwitchbackOwner') ?? 'none',
    status: endings[status.name] ?? text('SwitchbackState') ?? status.name.toLowerCase(),
    phase: text('SwitchbackPhase') ?? 'none',
    waitingFor:
      status.name === 'PAUSED' ? 'temporal workflow unpause' : (text('SwitchbackWaitingFor') ?? 'nobody'),
    startedAt: startOf(memo) ?? startTime.getTime(),
    ...(closeTime && { endedAt: closeTime.getTime() }),
  };
}

/** When the first run of several began. */
function startOf(memo: ChainMemo | undefined): number | undefined {
  return memo?.startedAt === undefined ? undefined : Date.parse(memo.startedAt);
}

/** Whether a rollout is among those that are wanted. */
export function isListed(summary: RolloutSummary, { environment, waitingFor }: ListFilter): boolean {
  if (environment !== undefined && summary.environment !== environment) return false;
  if (!waitingFor) return true;
  return summary.endedAt === undefined && whoIsAsked(summary, waitingFor).length > 0;
}
