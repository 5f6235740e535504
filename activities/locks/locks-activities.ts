import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { locksNames, type LocksActivities, type Release, type Asking } from '../../src/protocol/locks.js';
import type { OfChain } from '../../src/protocol/chain.js';
import type { Work } from '../../src/protocol/adapter.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import { findEndings } from './find-endings.js';
import { recollectLocks } from '../temporal/recollect-locks.js';
import type { Records } from '../records/records.js';
import { readTargets, type ReadingTools } from './read-targets.js';
import { holdersOf, pauseAll } from '../temporal/running.js';
import { startLocks } from '../temporal/start-locks.js';
import { batchCalls } from './batch-calls.js';
import type { LockAnswer } from '../../src/engine/state/values.js';

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
  readonly records: ReadingTools['records'] & Pick<Records, 'delegations'>;
  /** Where the locks' workflow runs. */
  readonly taskQueue: string;
}

/** A request for a scope as a rollout sends it; the plan is kept for whoever has to look at what it left. */
export type AcquireInput = Verbs['acquire']['in'] &
  OfChain & { readonly plan?: Plan; readonly digest?: string };

/** The activities of the locks, but for who is who. */
export type LockingActivities = Omit<LocksActivities, 'identify' | 'readTargets'> & {
  readTargets(
    input: Parameters<LocksActivities['readTargets']>[0],
    work: Work,
  ): ReturnType<LocksActivities['readTargets']>;
  /** Starts the locks if they do not run, and asks. The same request again changes nothing. */
  acquire(input: AcquireInput): Promise<LockAnswer>;
  /** Gives a scope back; also when nothing is held. */
  release(input: Verbs['release']['in'] & OfChain): Promise<null>;
};

export function createLocksActivities(dependencies: LocksDependencies): LockingActivities {
  const { client, environment, taskQueue, records } = dependencies;
  const ask = batchCalls<Asking, LockAnswer>(
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
    async acquire({ plan, digest, chain, rollout, owner, scope, things, wait, holds, reverts }) {
      if (plan && digest !== undefined) await records.plans.put(digest, plan);
      return ask({
        rollout,
        owner,
        scope,
        wait,
        askedAt: askedAt(),
        ...(things && { things }),
        ...(holds && { holds }),
        ...(reverts !== undefined && { reverts }),
        ...(digest !== undefined && { digest }),
        ...(chain !== undefined && { chain }),
      });
    },

    async release({ rollout, chain, handsBack }) {
      const given: Release = {
        rollout,
        askedAt: askedAt(),
        ...(chain !== undefined && { chain }),
        ...(handsBack && { handsBack }),
      };
      // Also when nobody has asked yet: a request that is still on its way must find that it is too late.
      await client.workflow.signalWithStart(locksNames.workflow, {
        ...startLocks(environment, taskQueue),
        signal: locksNames.release,
        signalArgs: [given],
      });
      return null;
    },

    recollectLocks: async ({ runId }) => {
      const { table, undecided } = await recollectLocks(client, environment, runId);
      return { ...(table && { table }), undecided };
    },
    async delegatorOf({ delegation }) {
      const decisions = await records.delegations.decisions(environment);
      const made = decisions.find(
        ({ evidence }) => evidence?.['id'] === delegation && evidence['decision'] === 'delegate',
      );
      return made?.by ?? null;
    },
    findHolders: () => holdersOf(client, environment),
    findEndings: (input) => findEndings(client, environment, input),
    readTargets: (input, work) => readTargets(dependencies, input, work),
    pauseRollouts: (input) => pauseAll(client, environment, input),
  };
}

/** By the clock of the rollout's history: the same for all attempts of one request, later for a later one. */
function askedAt(): number {
  return Context.current().info.scheduledTimestampMs;
}
