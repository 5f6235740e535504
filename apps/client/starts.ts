import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { isRefusal } from '../../activities/temporal/failures.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Started, StartRequest, TakeBackRequest } from './client.js';
import { answerWithin, type Connected } from './connected.js';
import type { LocksClient } from './locks-report.js';
import { freshKey, partsOf, rolloutId } from './rollout-id.js';
import { Taken } from './refusals.js';
import type { Sightings } from './sightings.js';
import { startOptions, takeBackOptions } from './start-options.js';
import { rolloutType } from '../../src/protocol/rollout.js';

/** Rollouts that begin: new ones, and those that take another back. */
export class Starts {
  readonly #connected: Connected;
  readonly #sightings: Sightings;
  readonly #locks: LocksClient;

  constructor(connected: Connected, sightings: Sightings, locks: LocksClient) {
    this.#connected = connected;
    this.#sightings = sightings;
    this.#locks = locks;
  }

  async start(request: StartRequest): Promise<Started> {
    const {
      plan,
      digest,
      environment,
      startedBy,
      key = freshKey(new Date()),
      wait,
      askedFor,
      fromFile,
      sign,
    } = request;
    const rollout = rolloutId({ environment, runbook: plan.runbook, key });
    const input = {
      format: 1 as const,
      plan,
      digest,
      environment,
      startedBy,
      ...(wait === false && { wait }),
      ...(askedFor !== undefined && { askedFor }),
      ...(fromFile && { fromFile }),
      ...(sign && { signed: await sign(rollout) }),
    };
    await this.#locks.refuseWhileStopped(environment);
    return this.#begin(rollout, startOptions(rollout, input));
  }

  async takeBack({ key, sign, askedFor, ...reverts }: TakeBackRequest): Promise<Started> {
    const { rollout, kind, by: startedBy } = reverts;
    const parts = partsOf(rollout);
    if (!parts) throw new Refusal(rollout, 'is no whole rollout id', 'write all four parts of it');
    await this.#refuseWhileItRuns(rollout);
    const { environment, runbook } = parts;
    const input = {
      format: 1 as const,
      environment,
      startedBy,
      ...(askedFor !== undefined && { askedFor }),
      reverts,
    };
    for (let nth = 1; ; nth++) {
      const own = rolloutId({ ...parts, key: key ?? `${parts.key}-${kind}${nth > 1 ? `-${nth}` : ''}` });
      const signed = sign && { signed: await sign(own) };
      try {
        return await this.#begin(own, takeBackOptions(own, runbook, { ...input, ...signed }));
      } catch (error) {
        // One that was refused changed nothing, and must not keep others from taking it back.
        const next = key === undefined && isRefusal(error) && (await this.#isRefused(own));
        if (!next) throw error;
      }
    }
  }

  async #refuseWhileItRuns(rollout: string): Promise<void> {
    // One whose history is gone may still stand in the records.
    if (!(await this.#sightings.exists(rollout))) return;
    const { endedAt } = await this.#sightings.describe(rollout);
    if (endedAt !== undefined) return;
    throw new Refusal(rollout, 'still runs', `take it back with "switchback abort ${rollout}"`);
  }

  async #isRefused(rollout: string): Promise<boolean> {
    if (!(await this.#sightings.exists(rollout))) return false;
    return (await this.#sightings.describe(rollout)).status === 'refused';
  }

  async #begin(rollout: string, options: ReturnType<typeof startOptions>): Promise<Started> {
    const { client, calls } = this.#connected;
    try {
      const handle = await calls.translated(answerWithin, () => client.workflow.start(rolloutType, options));
      return { rollout, runId: handle.firstExecutionRunId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const fix = `give another --key, or look at it with "switchback status ${rollout}"`;
      throw new Taken(`rollout ${rollout}`, 'exists already', fix);
    }
  }
}
