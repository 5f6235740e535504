import type { DecisionRequest, Answer } from '../engine/messages.js';
import type { JournalEvent } from '../engine/journal.js';
import type { Plan } from '../engine/plan.js';
import type { GuardReading } from '../engine/ports.js';
import type { StatusReport } from '../engine/report.js';
import type { Outcome } from '../engine/state.js';
import type { TakesBack } from '../engine/takes-back.js';
import type { Why } from '../engine/why.js';
import type { FailedAttempts } from './client/attempts.js';
import type { LocksClient } from './client/locks.js';

export { Refusal } from '../engine/errors.js';
export type { FailedAttempts } from './client/attempts.js';
export type { LocksReport } from './client/locks.js';
export { NoAnswer, Unreachable } from './client/failures.js';
export { withLive } from './client/readings.js';

/** What is to be started. */
export interface StartRequest {
  readonly plan: Plan;
  readonly digest: string;
  readonly environment: string;
  readonly startedBy: string;
  /** The last part of the id; from the time when absent. */
  readonly key?: string;
  /** `false`: refuse instead of standing in line while another rollout holds a part of its scope. */
  readonly wait?: false;
}

/** Which ended rollout is to be taken back. */
export interface TakeBackRequest extends TakesBack {
  /** The last part of the new id; the old one and the kind when absent. */
  readonly key?: string;
}

/** A rollout that was started. */
export interface Started {
  readonly rollout: string;
  readonly runId: string;
}

/** Where a rollout stands, as it says itself, and what it cannot know. */
export type Reported = StatusReport & {
  /** Its workflow was ended from outside and took nothing back: nothing waits, and nobody is answered. */
  readonly fromOutside?: 'terminated' | 'timed-out';
};

/** One line of the list of rollouts. Times in milliseconds since the epoch. */
export interface RolloutSummary {
  readonly rollout: string;
  readonly environment: string;
  readonly runbook: string;
  readonly key: string;
  readonly owner: string;
  /** Its status, or `terminated` or `timed-out` when its workflow was ended from outside. */
  readonly status: string;
  readonly phase: string;
  /** Groups that are asked now, or `nobody`. */
  readonly waitingFor: string;
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** A rollout's workflow as Temporal knows it: also without a worker. */
export type Description = RolloutSummary & { readonly runId: string; readonly historyLength: number };

/** A build of an environment's workers. Times in milliseconds since the epoch. */
export interface Build {
  readonly build: string;
  /** New rollouts start on it; sentinel and locks are on it. */
  readonly current: boolean;
  /** What the server says: `draining` may last some minutes longer than its last rollout. */
  readonly status: 'inactive' | 'current' | 'draining' | 'drained';
  /** How many running rollouts belong to it. */
  readonly rollouts: number;
  readonly firstSeenAt: number;
  /** When a worker of it asked for work; absent when none did in the last five minutes. */
  readonly workerSeenAt?: number;
  /** Its workers have nothing to do any more. */
  readonly mayGo: boolean;
}

/** A rollout that belongs to another build now. */
export interface Moved {
  readonly rollout: string;
  readonly build: string;
  /** Where it was; absent when it had not begun. */
  readonly from?: string;
}

/** The builds of workers. Every method throws like those of `RolloutClient`. */
export interface Builds {
  /** The newest first. */
  list(environment: string): Promise<readonly Build[]>;
  /** Lets new rollouts start on a build that has workers; moves no rollout. */
  makeCurrent(environment: string, build: string): Promise<void>;
  /** Lets a running rollout go on, from its next task, with the workers of another build. */
  move(rollout: string, build: string): Promise<Moved>;
}

/**
 * Rollouts as programs see them. Every method throws `Refusal` for what does not exist or is not allowed,
 * `Unreachable` when server or worker do not answer. Rollouts are named by their whole id; `find` makes one of less.
 */
export interface RolloutClient {
  /** `host:port` of Temporal. */
  readonly address: string;
  readonly builds: Builds;
  readonly locks: LocksClient;
  /** The whole id of what is meant by a part of it. */
  find(given: string): Promise<string>;
  /** Throws `Refusal` also while the environment is stopped. */
  start(request: StartRequest): Promise<Started>;
  /** Starts a rollout that takes an ended one back. Throws `Refusal` for one that still runs. */
  takeBack(request: TakeBackRequest): Promise<Started>;
  status(rollout: string): Promise<Reported>;
  why(rollout: string): Promise<Why>;
  plan(rollout: string): Promise<Plan>;
  journal(rollout: string): Promise<readonly JournalEvent[]>;
  /** The guards as the sentinel sees them now; undefined while nobody watches. Never throws. */
  readings(rollout: string): Promise<readonly GuardReading[] | undefined>;
  /** What failed and is tried again, for as long as its deadline lets it. Never throws. */
  attempts(rollout: string): Promise<readonly FailedAttempts[]>;
  /** Throws `Refusal` that says how it ended when it is over; needs no worker while it is not. */
  refuseWhenOver(rollout: string): Promise<void>;
  /** Sends a decision once and answers what became of it. Throws `NoAnswer` when nothing came within 10 s. */
  decide(rollout: string, request: DecisionRequest): Promise<Answer>;
  describe(rollout: string): Promise<Description>;
  /** Running ones, newest first; with `all` also those that ended, as far as the server keeps them. */
  list(filter?: {
    readonly environment?: string;
    readonly all?: boolean;
  }): Promise<readonly RolloutSummary[]>;
  /** Waits, however long, for the end. Throws `NoAnswer` when the workflow was ended from outside. */
  wait(rollout: string): Promise<Outcome>;
  /** When a worker that new rollouts go to asked for work last, in milliseconds since the epoch. */
  workerSeenAt(environment: string): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** `host:port`; found through the environment and the local stack when absent. */
  readonly address?: string;
  /** Variables of the process; `process.env` when absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Connects to Temporal. Throws `Unreachable` that names the address and where it came from. */
export async function connect(options: ConnectOptions = {}): Promise<RolloutClient> {
  const { findServer } = await import('./client/server.js');
  const server = await findServer(options.address, options.env ?? process.env);
  // Loading Temporal's client takes longer than all the rest of a command: only those that need it do.
  const { connectTo } = await import('./client/temporal-client.js');
  return connectTo(server);
}
