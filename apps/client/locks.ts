import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { startLocks } from '../../activities/temporal/start-locks.js';
import { endingsOf } from '../../activities/temporal/endings.js';
import { Refusal } from '../../src/engine/base/errors.js';
import {
  locksId,
  locksNames,
  type LocksRequest,
  type Claim,
  type LockTable,
  type Stopped,
} from '../../src/protocol/locks.js';
import { answerOf, noLocks } from '../../src/environment/locks/table.js';
import type { Answer } from '../../src/engine/state/messages.js';
import { ask } from './ask.js';
import { endedWithItsRun } from './ended-run.js';
import { answerWithin, type Connected } from './connected.js';
import { healthOf } from '../../activities/temporal/health.js';
import { brokenText } from './health.js';
import {
  hasCode,
  NoAnswer,
  rootMessage,
  translate,
  Unreachable,
} from '../../activities/temporal/failures.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import type { Holder, LocksClient } from './locks-report.js';
import { stoppedRefusal } from './stopped.js';

const decideWithin = 15_000;
const askAgainAfter = 300;
/** Of so many holders it is looked up whether they still run; of more, the locks themselves say what they know. */
const mostLookedUp = 200;

/** What the client of locks shares with the client of rollouts. */
export interface LocksConnection extends Connected {
  /** When a worker was seen last, in words. */
  workerHint(environment: string): Promise<string>;
}

/** Asks once more when a run ended before it could answer: the next one does. */
async function untilNoRunEnds(ask: (left: number) => Promise<Answer>): Promise<Answer> {
  const until = Date.now() + decideWithin;
  for (;;) {
    try {
      return await ask(until - Date.now());
    } catch (error) {
      if (!endedWithItsRun(error) || Date.now() + askAgainAfter >= until) throw error;
    }
    await sleep(askAgainAfter);
  }
}

export function createLocksClient({ client, calls, name, workerHint }: LocksConnection): LocksClient {
  const handleOf = (environment: string) => client.workflow.getHandle(locksId(environment));

  async function readTable(environment: string): Promise<LockTable> {
    try {
      return await ask<LockTable>({ client, calls }, locksId(environment), locksNames.table);
    } catch (error) {
      // Nobody has asked for anything yet.
      if (error instanceof WorkflowNotFoundError) return noLocks;
      if (!hasCode(error, 'deadlineExceeded', 'cancelled', 'failedPrecondition'))
        throw translate(error, name);
      const { reason, fix } = await silence(environment);
      throw new Unreachable(`the locks of ${environment} do not answer${reason}; ${fix}`);
    }
  }

  /** Why they are silent, what to do, and when a decision that the server keeps takes effect. */
  async function silence(environment: string) {
    const id = locksId(environment);
    const health = await calls.translated(answerWithin, () => healthOf(client, id));
    switch (health.state) {
      case 'broken': {
        const fix = `nothing starts, and no stop takes effect, until: switchback repair locks --env ${environment}`;
        return { reason: `: ${brokenText(health)}`, fix, once: 'once they are repaired' };
      }
      case 'paused': {
        const fix = `let it go on: temporal workflow unpause -w ${id}`;
        return { reason: ': their workflow is paused', fix, once: 'once it goes on' };
      }
      default: {
        const fix = `start one: switchback worker --env ${environment}`;
        return { reason: await workerHint(environment), fix, once: 'as soon as a worker runs' };
      }
    }
  }

  async function readStop(environment: string): Promise<Stopped | undefined> {
    try {
      const { memo } = await calls.make(answerWithin, () => handleOf(environment).describe());
      return (memo?.[locksNames.stopped] as Stopped | null | undefined) ?? undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw translate(error, name);
    }
  }

  async function lookUp(holders: readonly Claim[]): Promise<readonly Holder[]> {
    const asked = holders.length > mostLookedUp ? [] : holders.map(({ rollout }) => rollout);
    const endings = await calls.translated(answerWithin, () => endingsOf(client, asked));
    return holders.map(({ rollout, owner, scope, since, orphaned }) => {
      const ending = endings.find((one) => one.rollout === rollout);
      const reason = ending?.ended === 'from-outside' ? ending.reason : orphaned?.reason;
      const lives = ending?.ended === 'open';
      return { rollout, owner, scope, since, ...(reason !== undefined && !lives && { orphaned: reason }) };
    });
  }

  return {
    async read(environment) {
      const table = await readTable(environment);
      const waiting = table.line.map(({ rollout, owner, scope, since }) => {
        const answer = answerOf(table, rollout);
        return { rollout, owner, scope, since, behind: answer.status === 'queued' ? answer.behind : [] };
      });
      const { stopped } = table;
      return { environment, ...(stopped && { stopped }), holders: await lookUp(table.holders), waiting };
    },

    async refuseWhileStopped(environment) {
      const stopped = await readStop(environment);
      if (stopped) throw stoppedRefusal(environment, stopped);
    },

    async decide(environment, request) {
      const options = startLocks(environment, taskQueueOf(environment));
      if (request.type === 'stop') {
        // A signal is kept by the server, also while no worker runs. The update below joins it.
        await calls.translated(answerWithin, () =>
          client.workflow.signalWithStart(locksNames.workflow, {
            ...options,
            signal: locksNames.decide,
            signalArgs: [request],
          }),
        );
      }
      const ask = () =>
        client.workflow.executeUpdateWithStart<Workflow, Answer, [LocksRequest]>(locksNames.decide, {
          args: [request],
          // The locks themselves know an id again, and what it stands for; the server would not look at that.
          updateId: randomUUID(),
          startWorkflowOperation: new WithStartWorkflowOperation(locksNames.workflow, options),
        });
      try {
        return await untilNoRunEnds((left) => calls.make(left, ask));
      } catch (error) {
        const what = `${request.type} in ${environment}`;
        if (error instanceof WorkflowUpdateFailedError) {
          throw new Refusal(what, rootMessage(error), 'look at it and decide again');
        }
        const silent = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
        // The server knows at once that a task of theirs fails.
        const failing = hasCode(error, 'failedPrecondition');
        if (!silent && !failing && !hasCode(error, 'deadlineExceeded', 'unavailable'))
          throw translate(error, name);
        const { reason, once } = await silence(environment).catch(() => ({ reason: '', once: 'then' }));
        const later =
          request.type === 'stop'
            ? `the server keeps it: it takes effect ${once}`
            : `it may still take effect: see "switchback locks --env ${environment}"`;
        throw new NoAnswer(`${what} was not answered within ${decideWithin / 1_000} s${reason}; ${later}`);
      }
    },
  };
}
