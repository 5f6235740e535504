import { randomUUID } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { checkType, type CheckInput, type CheckResult } from '../../src/protocol/check.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import { NoAnswer, rootMessage } from '../../activities/temporal/failures.js';
import type { Calls } from './calls.js';

/** Milliseconds for everything: its activities give up before. */
const checkWithin = 90_000;

/** What is to be checked. */
export interface CheckRequest {
  readonly plan: Plan;
  readonly digest: string;
  /** The parameters that the runbook was given; absent for a plan that was read from a file. */
  readonly params?: JsonObject;
  readonly environment: string;
  /** The plan came as JSON: a shared environment asks for the gates of all its runbooks. */
  readonly fromFile?: true;
}

/** Has the environment's worker look at a plan, in a workflow of its own that starts no rollout. */
export async function checkPlan(client: Client, calls: Calls, request: CheckRequest): Promise<CheckResult> {
  const { plan, digest, environment, fromFile } = request;
  const input: CheckInput = { format: 1, plan, digest, ...(fromFile && { fromFile }) };
  try {
    return await calls.translated(checkWithin, () =>
      client.workflow.execute<(input: CheckInput) => Promise<CheckResult>>(checkType, {
        workflowId: `check/${environment}/${plan.runbook}/${randomUUID()}`,
        taskQueue: taskQueueOf(environment),
        args: [input],
        workflowExecutionTimeout: checkWithin,
        staticSummary: `Checks whether ${plan.runbook} fits ${environment}; changes nothing`,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new NoAnswer(`the check of ${plan.runbook} in ${environment} did not end: ${rootMessage(error)}`);
  }
}
