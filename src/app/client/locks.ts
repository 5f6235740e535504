import { randomUUID } from 'node:crypto';
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { startLocks } from '../../../activities/locks/start-locks.js';
import { endingsOf } from '../../../activities/locks/endings.js';
import { Refusal } from '../../engine/errors.js';
import { locksId, locksNames, type LocksRequest } from '../../engine/lock-protocol.js';
import { answerOf, noLocks, type Claim, type LockTable, type Stopped } from '../../engine/locks.js';
import type { Answer } from '../../engine/messages.js';
import type { LockAnswer } from '../../engine/ports.js';
import { taskQueueOf } from '../config.js';
import { ask } from './ask.js';
import type { Calls } from './calls.js';
import { hasCode, NoAnswer, rootMessage, translate, Unreachable } from './failures.js';

const answerWithin = 5_000;
const decideWithin = 15_000;
/** Of so many holders it is looked up whether they still run; of more, the locks themselves say what they know. */
const mostLookedUp = 200;

/** A rollout that holds its scope. Times in milliseconds since the epoch. */
export interface Holder {
  readonly rollout: string;
  readonly owner: string;
  readonly scope: readonly string[];
  readonly since: number;
  /** How its workflow was ended from outside: nobody will release the lock. */
  readonly orphaned?: string;
}

/** A rollout that stands in line, and whom it waits for. */
export interface Waiting extends Omit<Holder, 'orphaned'> {
  readonly behind: Extract<LockAnswer, { status: 'queued' }>['behind'];
}

/** The locks of an environment. */
export interface LocksReport {
  readonly environment: string;
  readonly stopped?: Stopped;
  readonly holders: readonly Holder[];
  /** In order of arrival. */
  readonly waiting: readonly Waiting[];
}

/** The locks of environments, as programs see them. */
export interface LocksClient {
  /** Throws `Unreachable` when no worker answers. */
  read(environment: string): Promise<LocksReport>;
  /** Throws `Refusal` while the environment is stopped; needs no worker. */
  refuseWhileStopped(environment: string): Promise<void>;
  /**
   * Sends a decision and answers what became of it. Throws `NoAnswer` when nothing came within 15 s; a stop is kept
   * by the server and takes effect as soon as a worker runs.
   */
  decide(environment: string, request: LocksRequest): Promise<Answer>;
}

/** What the client of locks shares with the client of rollouts. */
export interface LocksConnection {
  readonly client: Client;
  readonly calls: Calls;
  /** The server, for messages. */
  readonly name: string;
  /** When a worker was seen last, in words. */
  workerHint(environment: string): Promise<string>;
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
      const hint = await workerHint(environment);
      throw new Unreachable(
        `the locks of ${environment} do not answer${hint}; start one: switchback worker --env ${environment}`,
      );
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
      if (!stopped) return;
      const since = new Date(stopped.at).toISOString().slice(0, 16).replace('T', ' ');
      throw new Refusal(
        `environment ${environment}`,
        `is stopped since ${since} UTC by ${stopped.by}: ${stopped.reason}`,
        `when it is over: switchback stop --env ${environment} --lift`,
      );
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
      try {
        return await calls.make(decideWithin, () =>
          client.workflow.executeUpdateWithStart<Workflow, Answer, [LocksRequest]>(locksNames.decide, {
            args: [request],
            // The locks themselves know an id again, and what it stands for; the server would not look at that.
            updateId: randomUUID(),
            startWorkflowOperation: new WithStartWorkflowOperation(locksNames.workflow, options),
          }),
        );
      } catch (error) {
        const what = `${request.type} in ${environment}`;
        if (error instanceof WorkflowUpdateFailedError) {
          throw new Refusal(what, rootMessage(error), 'look at it and decide again');
        }
        const silent = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
        if (!silent && !hasCode(error, 'deadlineExceeded', 'unavailable')) throw translate(error, name);
        const hint = await workerHint(environment).catch(() => '');
        const later =
          request.type === 'stop'
            ? 'the server keeps it: it takes effect as soon as a worker runs'
            : `it may still take effect: see "switchback locks --env ${environment}"`;
        throw new NoAnswer(`${what} was not answered within ${decideWithin / 1_000} s${hint}; ${later}`);
      }
    },
  };
}
