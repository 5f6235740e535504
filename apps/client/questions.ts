import { setTimeout as sleep } from 'node:timers/promises';
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { hasCode, translate, Unreachable } from '../../activities/temporal/failures.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { ask } from './ask.js';
import { answerWithin, lookEvery, type Connected } from './connected.js';
import { outcomeOfFailure } from './outcome.js';
import { absenceOf, pauseOf } from './silence.js';
import type { Sightings } from './sightings.js';

/** One that takes another back reads the records before it can answer. */
const begunWithin = 3_000;

/** What rollouts are asked about themselves; whoever does not answer is told of with the reason. */
export class Questions {
  readonly #connected: Connected;
  readonly #sightings: Sightings;

  constructor(connected: Connected, sightings: Sightings) {
    this.#connected = connected;
    this.#sightings = sightings;
  }

  /** Asks, and waits for one that has only just begun. Throws `Refusal` or `Unreachable` that says why nothing came. */
  async ask<T>(rollout: string, query: string): Promise<T> {
    for (const until = performance.now() + begunWithin; ; await sleep(lookEvery)) {
      try {
        return await ask<T>(this.#connected, rollout, query);
      } catch (error) {
        // It ended, or still is, before its plan is known.
        if (!(error instanceof QueryNotRegisteredError)) throw await this.#explained(rollout, error);
        const { endedAt } = await this.#sightings.describe(rollout);
        if (endedAt !== undefined) throw await this.#refusedBefore(rollout);
        if (performance.now() >= until) throw new Unreachable(`${rollout} has only just begun: ask again`);
      }
    }
  }

  async #explained(rollout: string, error: unknown): Promise<unknown> {
    if (error instanceof WorkflowNotFoundError) await this.#sightings.describe(rollout);
    const paused = error instanceof QueryRejectedError ? await pauseOf(this.#connected, rollout) : undefined;
    if (paused) return new Unreachable(`${rollout} does not answer: ${paused.reason}; ${paused.fix}`);
    if (!hasCode(error, 'deadlineExceeded', 'cancelled', 'failedPrecondition')) {
      return translate(error, this.#connected.name);
    }
    const { reason, fix } = await absenceOf(this.#connected, rollout);
    return new Unreachable(`${rollout} does not answer: ${reason}; ${fix}`);
  }

  async #refusedBefore(rollout: string): Promise<Refusal> {
    const why = await this.#whyRefused(rollout);
    return new Refusal(rollout, `was refused before it began: ${why}`, 'fix that and start it again');
  }

  /** Of one that has no plan which a worker could be asked about. */
  async #whyRefused(rollout: string): Promise<string> {
    const { client, calls } = this.#connected;
    try {
      await calls.translated(answerWithin, () => client.workflow.getHandle(rollout).result());
      return 'it is over';
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return outcomeOfFailure(rollout, error).reason;
    }
  }
}
