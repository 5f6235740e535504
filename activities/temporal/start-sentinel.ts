import { sentinelId, type SentinelInput } from '../../src/protocol/sentinel.js';

/** How the sentinel is started: one for each environment, and one that was ended begins again. */
export function startSentinel(input: SentinelInput, taskQueue: string) {
  return {
    workflowId: sentinelId(input.environment),
    taskQueue,
    args: [input],
    // Rollouts wait for it, and many of them may be in the queue: it comes before them.
    priority: { priorityKey: 1 },
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    staticSummary: `Watches every exposed rollout of ${input.environment}`,
  };
}
