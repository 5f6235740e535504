import type { WorkerOptions } from '@temporalio/worker';

/** How every worker of ours is set, whatever environment it serves; the benchmarks measure with the same. */
export const workerSettings = {
  // A cancelled act hears of it within this time, and an activity that is stopped with the worker ends in order.
  maxHeartbeatThrottleInterval: '500ms',
  shutdownGraceTime: '1s',
  shutdownForceTime: '15s',
  // After a crash a signal waits this long for the worker that held the workflow in its cache.
  stickyQueueScheduleToStartTimeout: '1s',
  // They wait more than they work. An act may take hours, and nothing can be taken back while acts have every place.
  maxConcurrentActivityTaskExecutions: 1_000,
  // A rollout that soaks needs nothing for days, and one in memory costs 100 KB and more; one that is not is replayed.
  maxCachedWorkflows: 500,
} as const satisfies Partial<WorkerOptions>;
