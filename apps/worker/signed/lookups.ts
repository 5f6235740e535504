import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { delegationsIn } from '../../../activities/identity/delegations.js';
import type { DelegationStore } from '../../../activities/records/delegations.js';
import { signalledAt } from '../../../activities/temporal/signalled-at.js';
import { locksId, locksNames, type Stopped } from '../../../src/protocol/locks.js';
import type { Lookups } from '../people.js';

/** Milliseconds: who answers for nobody else is not kept waiting by records that are away. */
const delegatedWithin = 3_000;

/** What Temporal says of the workflow that asks, and Temporal and the records of the environment. */
export function lookupsWith(client: Client, environment: string, delegations: DelegationStore): Lookups {
  return {
    async delegated(doors) {
      // Without the records a delegate is one who is not asked: nobody gets more by their silence.
      const made = delegations.decisions(environment).catch(() => []);
      const late = sleep(delegatedWithin, [], { ref: false });
      return delegationsIn(await Promise.race([made, late]), environment, doors);
    },
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
