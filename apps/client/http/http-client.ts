import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, Unreachable } from '../../../activities/temporal/failures.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Answer, DecisionRequest } from '../../../src/engine/state/messages.js';
import type { Outcome } from '../../../src/engine/state/state.js';
import type { CheckResult } from '../../../src/protocol/check.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { FailedAttempts } from '../attempts.js';
import type { CheckRequest } from '../checks.js';
import type {
  Builds,
  Description,
  Examination,
  ListFilter,
  LiveView,
  Reported,
  RolloutClient,
  RolloutSummary,
  StartRequest,
  Started,
  TakeBackRequest,
} from '../client.js';
import { findRollout } from '../find.js';
import type { LocksClient } from '../locks-report.js';
import type { Repairs } from '../repairs.js';
import { httpBuilds, httpLocks, httpRepairs, workerSeen } from './environment.js';
import { bodyOf, tagOf } from './decision.js';
import { RefusedByServer } from './problems.js';
import { pathOf } from './rollout-path.js';
import { Sender } from './sender.js';
import type { Transport } from './transport.js';

const lookEvery = 500;
/** How long a server may be away while an end is awaited. */
const patience = 60_000;
const pageSize = 200;
/** As many as Temporal's client lists. */
const mostListed = 1_000;

/** Rollouts over the API of one environment, as its door knows them. */
export class HttpRolloutClient implements RolloutClient {
  readonly builds: Builds;
  readonly locks: LocksClient;
  readonly repairs: Repairs;
  readonly #sender: Sender;
  readonly #closing = new AbortController();
  /** Of what was open when a rollout was looked at last: what is decided is about that. */
  readonly #tags = new Map<string, string>();

  readonly #transport: Transport;

  constructor(
    transport: Transport,
    readonly address: string,
  ) {
    this.#transport = transport;
    this.#sender = new Sender(transport, address);
    this.builds = httpBuilds(transport, this.#sender);
    this.locks = httpLocks(transport, this.#sender);
    this.repairs = httpRepairs(transport, this.#sender);
  }

  person = (given: string | undefined) => this.#sender.person(given);
  environment = (given: string | undefined) => this.#sender.environment(given);
  decisionId = (key: string) => this.#sender.decisionId(key);

  async check({ plan, digest, environment, params }: CheckRequest): Promise<CheckResult> {
    await this.#sender.environment(environment);
    const which = params ? { runbook: plan.runbook, params } : { plan };
    return this.#transport.post('/v1/plans/check', { body: { ...which, digest } });
  }

  async examine(environment: string): Promise<readonly Examination[]> {
    await this.#sender.environment(environment);
    return (await this.#transport.get<{ checks: readonly Examination[] }>('/v1/doctor')).checks;
  }

  find(given: string): Promise<string> {
    return findRollout(given, {
      exists: (id) => this.#exists(id),
      ids: async () => (await this.list({ all: true })).map(({ rollout }) => rollout),
    });
  }

  /** A runbook goes by its name, and the server makes the plan; one that makes another is refused by the digest. */
  async start({ plan, digest, environment, params, key, wait, askedFor }: StartRequest): Promise<Started> {
    await this.#sender.environment(environment);
    const which = params ? { runbook: plan.runbook, params } : { plan };
    const options = {
      ...(key !== undefined && { key }),
      ...(wait === false && { wait }),
      ...(askedFor !== undefined && { askedFor }),
    };
    return this.#transport.post('/v1/rollouts', { body: { ...which, digest, ...options } });
  }

  takeBack({ rollout, kind, reason, key, askedFor }: TakeBackRequest): Promise<Started> {
    const body = {
      reason,
      ...(key !== undefined && { key }),
      ...(askedFor !== undefined && { askedFor }),
    };
    return this.#transport.post(`${pathOf(rollout)}/${kind}`, { body });
  }

  async status(rollout: string): Promise<Reported> {
    const { value, tag } = await this.#transport.getTagged<Reported>(`${pathOf(rollout)}/status`);
    if (tag !== undefined) this.#tags.set(rollout, tag);
    const { attempts: _attempts, ...report } = value as Reported & { attempts?: unknown };
    return report;
  }

  async why(rollout: string) {
    return (await this.status(rollout)).why;
  }

  plan = (rollout: string) => this.#transport.get<Plan>(`${pathOf(rollout)}/plan`);

  async journal(rollout: string) {
    const path = `${pathOf(rollout)}/journal`;
    return (await this.#transport.get<{ events: readonly JournalEvent[] }>(path)).events;
  }

  async readings(rollout: string): Promise<LiveView | undefined> {
    const seen = await this.#transport
      .get<LiveView>(`${pathOf(rollout)}/readings`)
      .catch(() => ({ readings: [], looks: [] }));
    return seen.readings.length + seen.looks.length > 0 ? seen : undefined;
  }

  async attempts(rollout: string): Promise<readonly FailedAttempts[]> {
    const path = `${pathOf(rollout)}/attempts`;
    const found = this.#transport.get<{ attempts: readonly FailedAttempts[] }>(path);
    return found.then(
      ({ attempts }) => attempts,
      () => [],
    );
  }

  async refuseWhenOver(rollout: string): Promise<void> {
    if ((await this.describe(rollout)).endedAt === undefined) return;
    const { type, reason } = await this.#outcome(rollout);
    const fix = 'nothing can be decided any more; start a new one';
    throw new Refusal(`rollout ${rollout}`, `is over: ${type} (${reason})`, fix);
  }

  async decide(rollout: string, request: DecisionRequest): Promise<Answer> {
    const path = `${pathOf(rollout)}/decisions/${request.type}`;
    const key = await this.#sender.keyOf(request.id);
    const tag = tagOf(request, this.#tags.get(rollout));
    try {
      return await this.#transport.post<Answer>(path, { body: bodyOf(request), key, tag });
    } catch (error) {
      const answered = error instanceof RefusedByServer && error.is('refused');
      if (!answered) throw error;
      return { accepted: false, reason: error.problem.why };
    }
  }

  describe(rollout: string): Promise<Description> {
    return this.#transport.get(pathOf(rollout));
  }

  async list({ environment, all, waitingFor }: ListFilter = {}): Promise<readonly RolloutSummary[]> {
    if (environment !== undefined) await this.#sender.environment(environment);
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (all) query.set('all', 'true');
    if (waitingFor) query.set('waitingFor', waitingFor.name);
    const found: RolloutSummary[] = [];
    for (;;) {
      const page = await this.#transport.get<Page>(`/v1/rollouts?${query.toString()}`);
      found.push(...page.rollouts);
      if (page.next === undefined || found.length >= mostListed) return found.slice(0, mostListed);
      query.set('cursor', page.next);
    }
  }

  async wait(rollout: string): Promise<Outcome> {
    let reached = performance.now();
    while (!this.#closing.signal.aborted) {
      try {
        if ((await this.describe(rollout)).endedAt !== undefined) return await this.#outcome(rollout);
        reached = performance.now();
      } catch (error) {
        // A server that is started anew goes on where it was.
        if (!(error instanceof Unreachable) || performance.now() - reached > patience) throw error;
      }
      await sleep(lookEvery, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
    throw new NoAnswer(`the connection to ${this.address} was closed while ${rollout} was awaited`);
  }

  async workerSeenAt(environment: string): Promise<number | undefined> {
    await this.#sender.environment(environment);
    return workerSeen(this.#transport);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  async #outcome(rollout: string): Promise<Outcome> {
    const report = await this.status(rollout);
    if (report.outcome) return report.outcome;
    const how = report.fromOutside ?? 'ended from outside';
    throw new NoAnswer(
      `${rollout} was ${how} and took nothing back; look at it with "switchback journal ${rollout}"`,
    );
  }

  async #exists(rollout: string): Promise<boolean> {
    try {
      await this.describe(rollout);
      return true;
    } catch (error) {
      if (error instanceof RefusedByServer && error.is('not-found')) return false;
      throw error;
    }
  }
}

interface Page {
  readonly rollouts: readonly RolloutSummary[];
  readonly next?: string;
}
