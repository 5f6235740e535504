import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { signalledAt } from '../../../activities/temporal/signalled-at.js';
import { locksId, locksNames, type Stopped } from '../../../src/protocol/locks.js';
import type { Lookups } from '../people.js';

/** What Temporal says of the workflow that asks, and of the environment. */
export function lookupsWith(client: Client, environment: string): Lookups {
  return {
    cameAt(signed, notBefore) {
      const { workflowExecution } = Context.current().info;
      if (!workflowExecution) return Promise.resolve(undefined);
      return signalledAt(client, { ...workflowExecution, signed, notBefore });
    },
    async stoppedBy() {
      try {
        const { memo } = await client.workflow.getHandle(locksId(environment)).describe();
        return (memo?.[locksNames.stopped] as Stopped | null | undefined) ?? undefined;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
  };
}
