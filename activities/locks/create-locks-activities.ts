import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { locksNames, type LocksActivities, type Release } from '../../src/engine/lock-protocol.js';
import type { Asking } from '../../src/engine/locks.js';
import type { Plan } from '../../src/engine/plan.js';
import type { LockAnswer, Verbs } from '../../src/engine/ports.js';
import { endingsOf } from './endings.js';
import { readTargets, type ReadingTools } from './read-targets.js';
import { holdersOf, pauseAll } from './running.js';
import { startLocks } from './start-locks.js';
import { together } from './together.js';

/**
 * Those who share a call, and how long one attempt waits for its call and then for the answer. They are few: an answer
 * names everybody who is in front, and the answers of a call have to fit into one payload also when the line is long.
 * The locks themselves need places among the worker's activities: whoever waits for them gives its own back, below the time after which its
 * attempt is given up. Every call has all its time: the server forgets the updates that are under way when one is cut
 * short while it loads the locks, and then everybody's takes longer.
 */
const sharing = { most: 10, turnWithin: 5_000 } as const;
const answerWithin = 8_000;

/** What the locks of an environment work with. */
export interface LocksDependencies extends ReadingTools {
  readonly environment: string;
  /** Where the locks' workflow runs. */
  readonly taskQueue: string;
}

/** A request for a scope as a rollout sends it; the plan is kept for whoever has to look at what it left. */
export type AcquireInput = Verbs['acquire']['in'] & { readonly plan?: Plan; readonly digest?: string };

/** The activities of the locks, but for who is who. */
export type LockingActivities = Omit<LocksActivities, 'identify'> & {
  /** Starts the locks if they do not run, and asks. The same request again changes nothing. */
  acquire(input: AcquireInput): Promise<LockAnswer>;
  /** Gives a scope back; also when nothing is held. */
  release(input: Verbs['release']['in']): Promise<null>;
};

export function createLocksActivities(dependencies: LocksDependencies): LockingActivities {
  const { client, environment, taskQueue, records } = dependencies;
  const ask = together<Asking, LockAnswer>(
    (all) =>
      client.withDeadline(Date.now() + answerWithin, () =>
        client.workflow.executeUpdateWithStart<Workflow, LockAnswer[], [readonly Asking[]]>(
          locksNames.acquire,
          {
            args: [all],
            startWorkflowOperation: new WithStartWorkflowOperation(
              locksNames.workflow,
              startLocks(environment, taskQueue),
            ),
          },
        ),
      ),
    sharing,
  );
  return {
    async acquire({ plan, digest, rollout, owner, scope, wait, holds, takesBack }) {
      if (plan && digest !== undefined) await records.plans.put(digest, plan);
      return ask({
        rollout,
        owner,
        scope,
        wait,
        askedAt: askedAt(),
        ...(holds && { holds }),
        ...(takesBack !== undefined && { takesBack }),
        ...(digest !== undefined && { digest }),
      });
    },

    async release({ rollout, handsBack }) {
      const given: Release = { rollout, askedAt: askedAt(), ...(handsBack && { handsBack }) };
      // Also when nobody has asked yet: a request that is still on its way must find that it is too late.
      await client.workflow.signalWithStart(locksNames.workflow, {
        ...startLocks(environment, taskQueue),
        signal: locksNames.release,
        signalArgs: [given],
      });
      return null;
    },

    findHolders: () => holdersOf(client, environment),
    findEndings: ({ rollouts }) => endingsOf(client, rollouts),
    readTargets: (input) => readTargets(dependencies, input),
    pauseRollouts: (input) => pauseAll(client, environment, input),
  };
}

/** By the clock of the rollout's history: the same for all attempts of one request, later for a later one. */
function askedAt(): number {
  return Context.current().info.scheduledTimestampMs;
}
