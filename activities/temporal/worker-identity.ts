import { hostname } from 'node:os';
import type { WorkflowService } from '@temporalio/client';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

const workflowQueue = 1;
const separator = ' records=';

/** What a worker calls itself when it asks the server for work: process, machine, and which records it keeps. */
export function identityOf(mark: string): string {
  return `${process.pid}@${hostname()}${separator}${mark}`;
}

/** A worker that asked for work lately. */
export interface KnownWorker {
  /** Process and machine. */
  readonly name: string;
  readonly mark: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
}

/** The workers that asked for work in an environment in the last minutes, as far as they say which records they keep. */
export async function markedWorkers(
  { workflowService, namespace }: { readonly workflowService: WorkflowService; readonly namespace: string },
  environment: string,
): Promise<readonly KnownWorker[]> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueueOf(environment) },
    taskQueueType: workflowQueue,
  });
  return (pollers ?? []).flatMap(({ identity, lastAccessTime }) => {
    const [name, mark] = (identity ?? '').split(separator);
    if (!name || !mark) return [];
    return [{ name, mark, seenAt: Number(lastAccessTime?.seconds ?? 0) * 1_000 }];
  });
}
