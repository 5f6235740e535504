import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import {
  hasCode,
  NoAnswer,
  rootMessage,
  translate,
  Unreachable,
} from '../../activities/temporal/failures.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Answer, DecisionRequest } from '../../src/engine/state/messages.js';
import { rolloutNames } from '../../src/protocol/rollout.js';
import { answerWithin, lookEvery, type Connected } from './connected.js';
import { endedWithItsRun } from './ended-run.js';
import type { Ends } from './ends.js';
import type { StandsStill } from './paused.js';
import { absenceOf, pauseOf } from './silence.js';
import type { Sightings } from './sightings.js';
import { pausedStatus } from './summary.js';

const decideWithin = 10_000;

/** Decisions on their way to rollouts: each is sent once, and its answer awaited. */
export class Deciding {
  readonly #connected: Connected;
  readonly #sightings: Sightings;
  readonly #ends: Ends;

  constructor(connected: Connected, sightings: Sightings, ends: Ends) {
    this.#connected = connected;
    this.#sightings = sightings;
    this.#ends = ends;
  }

  async decide(rollout: string, request: DecisionRequest): Promise<Answer> {
    const { status, endedAt } = await this.#sightings.lately(rollout);
    if (endedAt !== undefined) await this.#ends.refuseWhenOver(rollout);
    const paused = status === pausedStatus ? await pauseOf(this.#connected, rollout) : undefined;
    if (paused) return this.#leave(rollout, request, paused);
    try {
      return await this.#send(rollout, request);
    } catch (error) {
      throw await this.#explained(rollout, request, error);
    }
  }

  async #explained(rollout: string, { type, id }: DecisionRequest, error: unknown): Promise<unknown> {
    const what = `${type} for ${rollout}`;
    if (error instanceof WorkflowUpdateFailedError) {
      return new Refusal(what, rootMessage(error), 'look at it and decide again');
    }
    const silent = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
    if (!silent && !hasCode(error, 'deadlineExceeded', 'unavailable')) {
      return translate(error, this.#connected.name);
    }
    const lookUp = `it may still take effect: look for decision ${id} in "switchback journal ${rollout}"`;
    const because = await absenceOf(this.#connected, rollout).then(
      ({ reason }) => `: ${reason}`,
      () => '',
    );
    return new NoAnswer(`${what} was not answered within ${decideWithin / 1_000} s${because}; ${lookUp}`);
  }

  /** Whoever stands still in Temporal answers nobody; what goes the safe way is kept for the moment when it goes on. */
  async #leave(rollout: string, request: DecisionRequest, { reason, fix }: StandsStill): Promise<never> {
    const { client, calls } = this.#connected;
    const what = `${request.type} for ${rollout}`;
    if (request.type !== 'abort' && request.type !== 'pause') {
      throw new Unreachable(`${what} was not sent: ${reason}; ${fix}`);
    }
    const handle = client.workflow.getHandle(rollout);
    await calls.translated(answerWithin, () =>
      handle.signal<[DecisionRequest]>(rolloutNames.decide, request),
    );
    throw new NoAnswer(`${what} has NO EFFECT yet: ${reason}. The server keeps it until then; ${fix}`);
  }

  /** Sends it again, as the same decision, when its run ended, or lost the task, before it could answer. */
  async #send(rollout: string, request: DecisionRequest): Promise<Answer> {
    const { client, calls } = this.#connected;
    const handle = client.workflow.getHandle(rollout);
    const options = { args: [request] as [DecisionRequest], updateId: request.id };
    const until = performance.now() + decideWithin;
    for (;;) {
      try {
        const call = () => handle.executeUpdate<Answer, [DecisionRequest]>(rolloutNames.decide, options);
        return await calls.make(until - performance.now(), call);
      } catch (error) {
        if (endedWithItsRun(error)) await this.#ends.refuseWhenOver(rollout);
        else if (!hasCode(error, 'failedPrecondition')) throw error;
        if (performance.now() + lookEvery >= until) throw error;
      }
      await sleep(lookEvery);
    }
  }
}
