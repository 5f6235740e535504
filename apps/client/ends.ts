import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { NoAnswer, Unreachable } from '../../activities/temporal/failures.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Outcome } from '../../src/engine/state/state.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { rolloutNames, type RolloutResult } from '../../src/protocol/rollout.js';
import { answerWithin, lookEvery, type Connected } from './connected.js';
import { outcomeOfFailure } from './outcome.js';
import type { Questions } from './questions.js';
import type { Sightings } from './sightings.js';

/** How long a server may be away while an end is awaited. */
const patience = 60_000;

/** How rollouts end. */
export class Ends {
  readonly #connected: Connected;
  readonly #sightings: Sightings;
  readonly #questions: Questions;

  constructor(connected: Connected, sightings: Sightings, questions: Questions) {
    this.#connected = connected;
    this.#sightings = sightings;
    this.#questions = questions;
  }

  async refuseWhenOver(rollout: string): Promise<void> {
    const { endedAt } = await this.#sightings.describe(rollout);
    if (endedAt === undefined) return;
    const { type, reason } = await this.#outcome(rollout);
    const fix = 'nothing can be decided any more; start a new one';
    throw new Refusal(`rollout ${rollout}`, `is over: ${type} (${reason})`, fix);
  }

  async wait(rollout: string): Promise<Outcome> {
    const { calls, name } = this.#connected;
    let reached = performance.now();
    while (!calls.closed.aborted) {
      try {
        const { endedAt } = await this.#sightings.describe(rollout);
        if (endedAt !== undefined) return await this.#outcome(rollout);
        reached = performance.now();
      } catch (error) {
        // A server that is started anew goes on where it was.
        if (!(error instanceof Unreachable) || performance.now() - reached > patience) throw error;
      }
      await sleep(lookEvery, undefined, { signal: calls.closed }).catch(() => undefined);
    }
    throw new NoAnswer(`the connection to ${name} was closed while ${rollout} was awaited`);
  }

  async #outcome(rollout: string): Promise<Outcome> {
    const { client, calls } = this.#connected;
    try {
      const result = () => client.workflow.getHandle(rollout).result() as Promise<RolloutResult>;
      return (await calls.translated(answerWithin, result)).outcome;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const asked = this.#questions.ask<StatusReport>(rollout, rolloutNames.status);
      const { outcome } = await asked.catch(() => ({ outcome: undefined }));
      return outcome ?? outcomeOfFailure(rollout, error, (await this.#sightings.describe(rollout)).status);
    }
  }
}
