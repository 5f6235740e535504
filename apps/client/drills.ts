import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, TerminatedFailure, CancelledFailure } from '@temporalio/common';
import { Unreachable } from '../../activities/temporal/failures.js';
import type { DrillRecord } from '../../src/drill/record.js';
import type { DrillInput, DrillProgress, DrillResult } from '../../src/drill/workflow.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { drillNames, drillType } from '../../src/protocol/drill.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import { awaitWorker } from './await-worker.js';
import type { ConnectOptions } from './connect.js';
import { answerWithin } from './connected.js';
import { openConnection } from './open-connection.js';
import { findServer } from './server.js';
import { absence, seenForNew, workersOf } from './workers.js';

/** A drill that was started. */
export interface StartedDrill {
  /** Its workflow id. */
  readonly drill: string;
  readonly runId: string;
}

/** Starts drills, and follows them. */
export interface DrillsClient {
  /** Throws `Unreachable` when the environment has no worker. */
  start(input: Omit<DrillInput, 'format'>): Promise<StartedDrill>;
  /** How far it is; undefined while no worker answers, as when a crash is drilled. */
  progress(started: StartedDrill): Promise<DrillProgress | undefined>;
  /** Its record, also of one in which points failed. Throws `Refusal` when it was refused, or ended from outside. */
  result(started: StartedDrill): Promise<DrillRecord>;
  close(): Promise<void>;
}

/** Drills by Temporal, where that is found. */
export async function connectDrills({ address, env }: ConnectOptions = {}): Promise<DrillsClient> {
  const { client, calls } = await openConnection(await findServer(address, env ?? process.env));
  const handleOf = ({ drill, runId }: StartedDrill) => client.workflow.getHandle(drill, runId);
  return {
    async start({ environment, plan, ...input }) {
      const workers = await awaitWorker(
        () => calls.make(answerWithin, () => workersOf(client, environment)),
        calls.closed,
      );
      if (seenForNew(workers) === undefined) {
        const { reason, fix } = absence('', environment, undefined, workers);
        throw new Unreachable(`nobody can drill it: ${reason}; ${fix}`);
      }
      const drill = `drill/${environment}/${plan.runbook}/${randomUUID().slice(0, 8)}`;
      const handle = await calls.translated(answerWithin, () =>
        client.workflow.start(drillType, {
          workflowId: drill,
          taskQueue: taskQueueOf(environment),
          workflowIdConflictPolicy: 'FAIL',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [{ format: 1, environment, plan, ...input } satisfies DrillInput],
          staticSummary: `drills ${plan.runbook} at each of its points`,
        }),
      );
      return { drill, runId: handle.firstExecutionRunId };
    },

    progress: (started) =>
      calls
        .make(answerWithin, () => handleOf(started).query<DrillProgress>(drillNames.progress))
        .catch(() => undefined),

    async result(started) {
      try {
        return ((await handleOf(started).result()) as DrillResult).record;
      } catch (error) {
        return recordIn(started, error);
      }
    },

    close: () => calls.close(),
  };
}

/** A drill in which a point failed closes as failed, and its record goes with it. */
function recordIn({ drill }: StartedDrill, error: unknown): DrillRecord {
  const failure = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (failure instanceof ApplicationFailure && failure.type === 'DrillFailed') {
    return failure.details?.[0] as DrillRecord;
  }
  if (failure instanceof CancelledFailure || failure instanceof TerminatedFailure) {
    throw new Refusal(drill, 'was ended from outside, and proves nothing', 'drill again');
  }
  if (!(failure instanceof Error)) throw error;
  const { message } = failure.cause instanceof Error ? failure.cause : failure;
  throw new Refusal(drill, `did not come to its end: ${message}`, 'put that right, and drill again');
}
