import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import { why } from '../../src/engine/tell/why.js';
import { summaryOf } from './renewal.js';
import { thisRun } from '../sdk/run.js';

const key = (name: string) => defineSearchAttributeKey(`Switchback${name}`, SearchAttributeType.KEYWORD);
const stateKey = key('State');
const phaseKey = key('Phase');
const waitingForKey = key('WaitingFor');

/** Ends a rollout that has no plan yet; shown as refused, and not as under way for good. */
export function refuseToBegin(reason: string): never {
  upsertSearchAttributes([{ key: stateKey, value: 'refused' }]);
  throw ApplicationFailure.nonRetryable(reason, 'Refused');
}

/** Shows the rollout in Temporal's own tools; writes to history only when one of the attributes changed. */
export function createVisibility(plan: Plan, state: RolloutState): { show(): void } {
  let shown = '';
  // Only a first run has a static summary.
  const above = thisRun().continuedFromExecutionRunId ? `${summaryOf(plan, state)}\n\n` : '';
  return {
    show() {
      const now = why(plan, state);
      const details = state.outcome
        ? state.outcome.reason
        : `waits for ${now.waitingFor}\n\nnext: ${now.next}`;
      setCurrentDetails(`${above}**${now.status}**: ${details}`);
      const waitingFor = now.who.length > 0 ? now.who.join(', ') : 'nobody';
      const next = [now.status, state.phase ?? 'none', waitingFor].join('\n');
      if (next === shown) return;
      shown = next;
      upsertSearchAttributes([
        { key: stateKey, value: now.status },
        { key: phaseKey, value: state.phase ?? 'none' },
        { key: waitingForKey, value: waitingFor },
      ]);
    },
  };
}
