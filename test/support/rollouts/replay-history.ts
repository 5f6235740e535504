import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils.js';

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one history through the given workflows. Throws when they would decide otherwise.
 *
 * One at a time in a process: the SDK shuts its runtime down when its last user ends, also under a replay that has
 * begun and does not count yet.
 */
export function replayHistory(
  workflowBundle: NonNullable<ReplayWorkerOptions['workflowBundle']>,
  history: History,
  workflowId: string,
): Promise<void> {
  const replayed = last.then(() => Worker.runReplayHistory({ workflowBundle }, history, workflowId));
  last = replayed.catch(() => undefined);
  return replayed;
}
