import { locksId, type LocksInput } from '../../src/protocol/locks.js';

/** How the locks are started: one for each environment. Whoever comes second joins it, and one that was ended begins again. */
export function startLocks(environment: string, taskQueue: string) {
  const input: LocksInput = { format: 1, environment };
  return {
    workflowId: locksId(environment),
    taskQueue,
    args: [input],
    // Rollouts wait for it, and many of them may be in the queue: it comes before them.
    priority: { priorityKey: 1 },
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    staticSummary: `Who holds which targets of ${environment}, and who waits`,
  };
}
