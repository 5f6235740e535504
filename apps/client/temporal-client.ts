import { userInfo } from 'node:os';
import { Unreachable } from '../../activities/temporal/failures.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Answer, DecisionRequest } from '../../src/engine/state/messages.js';
import type { Outcome } from '../../src/engine/state/state.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { CheckResult } from '../../src/protocol/check.js';
import { rolloutNames } from '../../src/protocol/rollout.js';
import { failedAttempts } from './attempts.js';
import { awaitWorker } from './await-worker.js';
import { TemporalBuilds } from './builds.js';
import { checkPlan, type CheckRequest } from './checks.js';
import type {
  DirectClient,
  ListFilter,
  Reported,
  RolloutSummary,
  StartRequest,
  TakeBackRequest,
} from './client.js';
import { answerWithin, type Connected } from './connected.js';
import { Deciding } from './deciding.js';
import { examine, type Examination } from './doctor/index.js';
import { Ends } from './ends.js';
import { leftBehind } from './left-behind.js';
import { createLocksClient } from './locks.js';
import type { LocksClient } from './locks-report.js';
import { openConnection } from './open-connection.js';
import { Questions } from './questions.js';
import { liveReadings, withLive } from './readings.js';
import { createRepairs, type Repairs } from './repairs.js';
import { partsOf } from './rollout-id.js';
import type { Server } from './server.js';
import { Sightings } from './sightings.js';
import { Starts } from './starts.js';
import { stillAsking } from './still-asking.js';
import { absence, seenForNew, workersOf } from './workers.js';

/** That of `switchback dev`. */
const defaultEnvironment = 'local';
const examineWithin = 30_000;

/** Connects to a server that was found. Throws `Unreachable` within seconds when it does not answer. */
export async function connectTo(server: Server): Promise<DirectClient> {
  return new TemporalRolloutClient(await openConnection(server), server.address);
}

/** The client over Temporal, made of its parts: each method says which of them does it. */
class TemporalRolloutClient implements DirectClient {
  readonly address: string;
  readonly builds: TemporalBuilds;
  readonly locks: LocksClient;
  readonly repairs: Repairs;
  readonly #connected: Connected;
  readonly #sightings: Sightings;
  readonly #questions: Questions;
  readonly #ends: Ends;
  readonly #deciding: Deciding;
  readonly #starts: Starts;

  constructor(connected: Connected, address: string) {
    const { client, calls } = connected;
    this.address = address;
    this.builds = new TemporalBuilds(connected);
    this.repairs = createRepairs(client, calls);
    const workerHint = async (environment: string) =>
      `: ${absence('', environment, undefined, await this.#workersOf(environment)).reason}`;
    this.locks = createLocksClient({ ...connected, workerHint });
    this.#connected = connected;
    this.#sightings = new Sightings(connected);
    this.#questions = new Questions(connected, this.#sightings);
    this.#ends = new Ends(connected, this.#sightings, this.#questions);
    this.#deciding = new Deciding(connected, this.#sightings, this.#ends);
    this.#starts = new Starts(connected, this.#sightings, this.locks);
  }

  /** A name is all there is here: the worker says whether it counts. */
  person = (given: string | undefined) => Promise.resolve(given ?? userInfo().username);
  environment = (given: string | undefined) => Promise.resolve(given ?? defaultEnvironment);
  decisionId = (key: string) => Promise.resolve(key);

  async check(request: CheckRequest): Promise<CheckResult> {
    const { environment } = request;
    const workers = await awaitWorker(() => this.#workersOf(environment), this.#connected.calls.closed);
    if (seenForNew(workers) === undefined) {
      const { reason, fix } = absence('', environment, undefined, workers);
      throw new Unreachable(`nobody can check it: ${reason}; ${fix}`);
    }
    return checkPlan(this.#connected.client, this.#connected.calls, request);
  }

  examine(environment: string, config: string): Promise<readonly Examination[]> {
    const { locks } = this;
    const { client } = this.#connected;
    // Each of many calls has its own time: one that hangs must not keep the others from being told.
    const until = Date.now() + examineWithin;
    return client.withDeadline(until, () => examine({ environment, config, client, locks }));
  }

  find = (given: string) => this.#sightings.find(given);
  describe = (rollout: string) => this.#sightings.describe(rollout);

  async list(filter: ListFilter = {}): Promise<readonly RolloutSummary[]> {
    const found = await this.#sightings.list(filter);
    const { waitingFor } = filter;
    if (!waitingFor) return found;
    const status = (rollout: string) => this.#questions.ask<StatusReport>(rollout, rolloutNames.status);
    return stillAsking(found, waitingFor, status);
  }

  start = (request: StartRequest) => this.#starts.start(request);
  takeBack = (request: TakeBackRequest) => this.#starts.takeBack(request);

  plan = (rollout: string) => this.#questions.ask<Plan>(rollout, rolloutNames.plan);
  journal = (rollout: string) => this.#questions.ask<readonly JournalEvent[]>(rollout, rolloutNames.journal);

  async status(rollout: string): Promise<Reported> {
    const report = await this.#questions.ask<StatusReport>(rollout, rolloutNames.status);
    if (report.outcome) return report;
    const { status, endedAt } = await this.#sightings.lately(rollout);
    const ended = endedAt !== undefined && (status === 'terminated' || status === 'timed-out');
    return ended ? leftBehind(report, status, endedAt) : report;
  }

  async why(rollout: string) {
    const [report, live] = await Promise.all([this.status(rollout), this.readings(rollout)]);
    return withLive(report, live).why;
  }

  async readings(rollout: string) {
    const { client, calls } = this.#connected;
    const environment = partsOf(rollout)?.environment ?? '';
    const read = () => liveReadings(client, environment, rollout);
    return calls.make(answerWithin, read).catch(() => undefined);
  }

  async attempts(rollout: string) {
    const { client, calls } = this.#connected;
    return calls.make(answerWithin, () => failedAttempts(client, rollout)).catch(() => []);
  }

  decide = (rollout: string, request: DecisionRequest): Promise<Answer> =>
    this.#deciding.decide(rollout, request);

  refuseWhenOver = (rollout: string) => this.#ends.refuseWhenOver(rollout);
  wait = (rollout: string): Promise<Outcome> => this.#ends.wait(rollout);

  async workerSeenAt(environment: string): Promise<number | undefined> {
    return seenForNew(await this.#workersOf(environment));
  }

  #workersOf(environment: string) {
    const { client, calls } = this.#connected;
    return calls.translated(answerWithin, () => workersOf(client, environment));
  }

  close = () => this.#connected.calls.close();
}
