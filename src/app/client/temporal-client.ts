import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowExecutionInfo,
} from '@temporalio/client';
import type { RolloutResult } from '../../../workflows/protocol.js';
import type { JournalEvent } from '../../engine/journal.js';
import type { Answer, DecisionRequest } from '../../engine/messages.js';
import type { Plan } from '../../engine/plan.js';
import { Refusal } from '../../engine/errors.js';
import type { StatusReport } from '../../engine/report.js';
import type { Outcome } from '../../engine/state.js';
import type { Reported, RolloutClient, StartRequest, Started, TakeBackRequest } from '../client.js';
import { ask } from './ask.js';
import { failedAttempts } from './attempts.js';
import { buildOf, TemporalBuilds } from './builds.js';
import { Calls } from './calls.js';
import { endedWithItsRun } from './ended-run.js';
import { hasCode, isRefusal, NoAnswer, rootMessage, translate, Unreachable } from './failures.js';
import { findRollout } from './find.js';
import { leftBehind } from './left-behind.js';
import { outcomeOfFailure } from './outcome.js';
import { createLocksClient, type LocksClient } from './locks.js';
import { liveReadings, withLive } from './readings.js';
import { freshKey, partsOf, rolloutId } from './rollout-id.js';
import type { Server } from './server.js';
import { startOptions, takeBackOptions } from './start-options.js';
import { rolloutType, summaryOf } from './summary.js';
import { absence, seenForNew, workersOf } from './workers.js';

const connectWithin = 3_000;
const answerWithin = 5_000;
const decideWithin = 10_000;
const lookEvery = 300;
/** One that takes another back reads the records before it can answer. */
const begunWithin = 3_000;
/** How long a server may be away while an end is awaited. */
const patience = 60_000;
/** How many of the newest workflows are looked through for a part of an id. */
const mostListed = 1_000;

/** Connects to a server that was found. Throws `Unreachable` within seconds when it does not answer. */
export async function connectTo(server: Server): Promise<RolloutClient> {
  const { address, namespace, origin, mend } = server;
  const name = `Temporal at ${address}`;
  const options = { ...server.connection, address, connectTimeout: connectWithin };
  const connection = await Connection.connect(options).catch((error: unknown) => {
    if (hasCode(error, 'permissionDenied', 'unauthenticated')) throw translate(error, name);
    throw new Unreachable(`${name} (${origin}) cannot be reached: ${rootMessage(error)}; ${mend}`);
  });
  return new TemporalRolloutClient(new Client({ connection, namespace }), address, name);
}

class TemporalRolloutClient implements RolloutClient {
  readonly builds: TemporalBuilds;
  private readonly calls: Calls;
  readonly locks: LocksClient;

  constructor(
    private readonly client: Client,
    readonly address: string,
    private readonly name: string,
  ) {
    this.calls = new Calls(client, name);
    this.builds = new TemporalBuilds(client, this.calls, name);
    const workerHint = async (environment: string) => {
      const workers = await this.calls.translated(answerWithin, () => workersOf(client, environment));
      return `: ${absence('', environment, undefined, workers).reason}`;
    };
    this.locks = createLocksClient({ client, calls: this.calls, name, workerHint });
  }

  find(given: string): Promise<string> {
    return findRollout(given, {
      exists: (id) => this.exists(id),
      ids: async () => (await this.list({ all: true })).map(({ rollout }) => rollout),
    });
  }

  async start(request: StartRequest): Promise<Started> {
    const { plan, digest, environment, startedBy, key = freshKey(new Date()), wait } = request;
    const rollout = rolloutId({ environment, runbook: plan.runbook, key });
    const input = {
      format: 1 as const,
      plan,
      digest,
      environment,
      startedBy,
      ...(wait === false && { wait }),
    };
    await this.locks.refuseWhileStopped(environment);
    return this.begin(rollout, startOptions(rollout, input));
  }

  async takeBack({ key, ...takesBack }: TakeBackRequest): Promise<Started> {
    const { rollout, kind, by: startedBy } = takesBack;
    const parts = partsOf(rollout);
    if (!parts) throw new Refusal(rollout, 'is no whole rollout id', 'write all four parts of it');
    // One whose history is gone may still stand in the records.
    const ended = !(await this.exists(rollout)) || (await this.describe(rollout)).endedAt !== undefined;
    if (!ended) throw new Refusal(rollout, 'still runs', `take it back with "switchback abort ${rollout}"`);
    const { environment, runbook } = parts;
    const input = { format: 1 as const, environment, startedBy, takesBack };
    for (let nth = 1; ; nth++) {
      const own = rolloutId({ ...parts, key: key ?? `${parts.key}-${kind}${nth > 1 ? `-${nth}` : ''}` });
      try {
        return await this.begin(own, takeBackOptions(own, runbook, input));
      } catch (error) {
        // One that was refused changed nothing, and must not keep others from taking it back.
        const next = key === undefined && isRefusal(error) && (await this.isRefused(own));
        if (!next) throw error;
      }
    }
  }

  private async begin(rollout: string, options: ReturnType<typeof startOptions>): Promise<Started> {
    try {
      const handle = await this.calls.translated(answerWithin, () =>
        this.client.workflow.start(rolloutType, options),
      );
      return { rollout, runId: handle.firstExecutionRunId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const mend = `give another --key, or look at it with "switchback status ${rollout}"`;
      throw new Refusal(`rollout ${rollout}`, 'exists already', mend);
    }
  }

  async status(rollout: string): Promise<Reported> {
    const report = await this.query<StatusReport>(rollout, 'status');
    if (report.outcome) return report;
    const { status, endedAt } = await this.describe(rollout);
    const ended = endedAt !== undefined && (status === 'terminated' || status === 'timed-out');
    return ended ? leftBehind(report, status, endedAt) : report;
  }

  plan = (rollout: string) => this.query<Plan>(rollout, 'plan');
  journal = (rollout: string) => this.query<readonly JournalEvent[]>(rollout, 'journal');

  async why(rollout: string) {
    const [report, live] = await Promise.all([this.status(rollout), this.readings(rollout)]);
    return withLive(report, live).why;
  }

  async readings(rollout: string) {
    const environment = partsOf(rollout)?.environment ?? '';
    const read = () => liveReadings(this.client, environment, rollout);
    return this.calls.make(answerWithin, read).catch(() => undefined);
  }

  async attempts(rollout: string) {
    return this.calls.make(answerWithin, () => failedAttempts(this.client, rollout)).catch(() => []);
  }

  async refuseWhenOver(rollout: string): Promise<void> {
    const { endedAt } = await this.describe(rollout);
    if (endedAt === undefined) return;
    const outcome = await this.outcome(rollout);
    throw new Refusal(
      `rollout ${rollout}`,
      `is over: ${outcome.type} (${outcome.reason})`,
      'nothing can be decided any more; start a new one',
    );
  }

  async decide(rollout: string, request: DecisionRequest): Promise<Answer> {
    await this.refuseWhenOver(rollout);
    try {
      return await this.send(rollout, request);
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) {
        throw new Refusal(
          `${request.type} for ${rollout}`,
          rootMessage(error),
          'look at it and decide again',
        );
      }
      const silent = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
      if (!silent && !hasCode(error, 'deadlineExceeded', 'unavailable')) throw translate(error, this.name);
      const said = `${request.type} for ${rollout} was not answered within ${decideWithin / 1_000} s`;
      const lookUp = `it may still take effect: look for decision ${request.id} in "switchback journal ${rollout}"`;
      const because = await this.absence(rollout).then(
        ({ reason }) => `: ${reason}`,
        () => '',
      );
      throw new NoAnswer(`${said}${because}; ${lookUp}`);
    }
  }

  /** Sends it again, as the same decision, when its run ended, or lost the task, before it could answer. */
  private async send(rollout: string, request: DecisionRequest): Promise<Answer> {
    const handle = this.client.workflow.getHandle(rollout);
    const options = { args: [request] as [DecisionRequest], updateId: request.id };
    const until = Date.now() + decideWithin;
    for (;;) {
      try {
        const call = () => handle.executeUpdate<Answer, [DecisionRequest]>('decide', options);
        return await this.calls.make(until - Date.now(), call);
      } catch (error) {
        if (endedWithItsRun(error)) await this.refuseWhenOver(rollout);
        else if (!hasCode(error, 'failedPrecondition')) throw error;
        if (Date.now() + lookEvery >= until) throw error;
      }
      await sleep(lookEvery);
    }
  }

  async describe(rollout: string) {
    const handle = this.client.workflow.getHandle(rollout);
    try {
      const found = await this.calls.translated(answerWithin, () => handle.describe());
      return { ...summaryOf(found), runId: found.runId, historyLength: found.historyLength };
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw new Refusal(`rollout ${rollout}`, 'does not exist', 'see "switchback list --all"');
    }
  }

  async list(filter: { readonly environment?: string; readonly all?: boolean } = {}) {
    // One line for each rollout: a run that another one continued is not its end.
    const which = filter.all ? "!= 'ContinuedAsNew'" : "= 'Running'";
    return this.calls.translated(answerWithin, async () => {
      // One that was reset has two runs of the same id: the one that was left is not what became of it.
      const found = new Map<string, WorkflowExecutionInfo>();
      for await (const execution of this.client.workflow.list({
        query: `WorkflowType = '${rolloutType}' AND ExecutionStatus ${which}`,
        pageSize: mostListed,
      })) {
        const known = found.get(execution.workflowId);
        if (!known || known.startTime < execution.startTime) found.set(execution.workflowId, execution);
        if (found.size === mostListed) break;
      }
      return [...found.values()]
        .map(summaryOf)
        .filter(({ environment }) => filter.environment === undefined || environment === filter.environment)
        .sort((a, b) => b.startedAt - a.startedAt);
    });
  }

  async wait(rollout: string): Promise<Outcome> {
    let reached = Date.now();
    while (!this.calls.closed.aborted) {
      try {
        if ((await this.describe(rollout)).endedAt !== undefined) return await this.outcome(rollout);
        reached = Date.now();
      } catch (error) {
        // A server that is started anew goes on where it was.
        if (!(error instanceof Unreachable) || Date.now() - reached > patience) throw error;
      }
      await sleep(lookEvery, undefined, { signal: this.calls.closed }).catch(() => undefined);
    }
    throw new NoAnswer(`the connection to ${this.name} was closed while ${rollout} was awaited`);
  }

  async workerSeenAt(environment: string): Promise<number | undefined> {
    return seenForNew(await this.calls.translated(answerWithin, () => workersOf(this.client, environment)));
  }

  close(): Promise<void> {
    return this.calls.close();
  }

  private async outcome(rollout: string): Promise<Outcome> {
    try {
      const result = () => this.client.workflow.getHandle(rollout).result() as Promise<RolloutResult>;
      return (await this.calls.translated(answerWithin, result)).outcome;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const reported = await this.status(rollout).catch(() => undefined);
      return reported?.outcome ?? outcomeOfFailure(rollout, error, (await this.describe(rollout)).status);
    }
  }

  private async isRefused(rollout: string): Promise<boolean> {
    return (await this.exists(rollout)) && (await this.describe(rollout)).status === 'refused';
  }

  /** Of one that has no plan which a worker could be asked about. */
  private async whyRefused(rollout: string): Promise<string> {
    try {
      await this.calls.translated(answerWithin, () => this.client.workflow.getHandle(rollout).result());
      return 'it is over';
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      return outcomeOfFailure(rollout, error).reason;
    }
  }

  private async exists(rollout: string): Promise<boolean> {
    try {
      await this.calls.translated(answerWithin, () => this.client.workflow.getHandle(rollout).describe());
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private async query<T>(rollout: string, name: string, until = Date.now() + begunWithin): Promise<T> {
    try {
      return await ask<T>({ client: this.client, calls: this.calls }, rollout, name);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) await this.describe(rollout);
      // It ended, or still is, before its plan is known.
      if (error instanceof QueryNotRegisteredError) {
        const { endedAt } = await this.describe(rollout);
        if (endedAt === undefined && Date.now() < until) {
          await sleep(lookEvery);
          return this.query(rollout, name, until);
        }
        if (endedAt === undefined) throw new Unreachable(`${rollout} has only just begun: ask again`);
        throw new Refusal(
          rollout,
          `was refused before it began: ${await this.whyRefused(rollout)}`,
          'mend that and start it again',
        );
      }
      if (!hasCode(error, 'deadlineExceeded', 'cancelled', 'failedPrecondition')) {
        throw translate(error, this.name);
      }
      const { reason, mend } = await this.absence(rollout);
      throw new Unreachable(`${rollout} does not answer: ${reason}; ${mend}`);
    }
  }

  private async absence(rollout: string) {
    const environment = partsOf(rollout)?.environment ?? '';
    return this.calls.translated(answerWithin, async () => {
      const workers = await workersOf(this.client, environment);
      const { raw } = await this.client.workflow.getHandle(rollout).describe();
      return absence(rollout, environment, buildOf(raw.workflowExecutionInfo?.versioningInfo), workers);
    });
  }
}
