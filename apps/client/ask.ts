import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { afterTheEnd, askedTooEarly } from '../../workflows/sdk/too-early.js';
import type { Calls } from './calls.js';
import { hasCode, rootMessage } from '../../activities/temporal/failures.js';

const answerWithin = 3_000;
/** A worker that has just forgotten a workflow drops a query that came meanwhile: nobody ever answers that one. */
const tries = 2;
const askAgainAfter = 300;
/** A run that begins, or begins its task anew, answers nobody for a moment. */
const settleWithin = 1_500;

/**
 * Asks a workflow something, and again when nobody answers, or when it was too early: whoever refused so is at work, and
 * has the next task soon. One that was ended from outside has none any more, and answers all the same. Throws what
 * Temporal's client throws.
 */
export async function ask<T>(
  { client, calls }: { readonly client: Client; readonly calls: Calls },
  workflowId: string,
  query: string,
): Promise<T> {
  const handle = client.workflow.getHandle(workflowId);
  const settled = performance.now() + settleWithin;
  for (let left = tries; ;) {
    try {
      return await calls.make(answerWithin, () => handle.query<T>(query));
    } catch (error) {
      if (hasCode(error, 'deadlineExceeded') && --left > 0) continue;
      const between = hasCode(error, 'failedPrecondition') && performance.now() < settled;
      if (!between && !rootMessage(error).includes(askedTooEarly)) throw error;
    }
    const { closeTime, runId } = await calls.make(answerWithin, () => handle.describe());
    if (closeTime !== undefined) {
      // Another run of the same id may have begun meanwhile, and has not ended.
      const run = client.workflow.getHandle(workflowId, runId);
      return calls.make(answerWithin, () => run.query<T, [string]>(query, afterTheEnd));
    }
    await sleep(askAgainAfter);
  }
}
