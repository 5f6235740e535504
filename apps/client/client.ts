import type { DecisionRequest, Answer } from '../../src/engine/state/messages.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { Delegator } from '../../src/engine/state/people.js';
import type { Outcome } from '../../src/engine/state/state.js';
import type { Reverts } from '../../src/engine/state/reverts.js';
import type { Why } from '../../src/engine/tell/why.js';
import type { FailedAttempts } from './attempts.js';
import type { LocksClient } from './locks-report.js';
import type { CheckResult } from '../../src/protocol/check.js';
import type { CheckRequest } from './checks.js';
import type { Examination } from './doctor/index.js';
import type { Repairs } from './repairs.js';

export { Refusal } from '../../src/engine/base/errors.js';
export type { FailedAttempts } from './attempts.js';
export { NoAnswer, Unreachable } from '../../activities/temporal/failures.js';
export type { Examination } from './doctor/index.js';
export type { Repaired } from './repairs.js';
export { withLive, type LiveView } from './readings.js';
import type { LiveView } from './readings.js';

/** What is to be started. */
export interface StartRequest {
  readonly plan: Plan;
  readonly digest: string;
  /** The parameters that the runbook was given; absent for a plan that was read from a file. */
  readonly params?: JsonObject;
  readonly environment: string;
  readonly startedBy: string;
  /** The last part of the id; from the time when absent. */
  readonly key?: string;
  /** `false`: refuse instead of standing in line while another rollout holds a part of its scope. */
  readonly wait?: false;
  /** For whom a service starts it. */
  readonly askedFor?: string;
  /** The plan came as JSON: no runbook of the environment was evaluated for it. */
  readonly fromFile?: true;
  /** What a door vouches for, once the id of the rollout is known; none in a local environment. */
  readonly sign?: Vouching;
}

/** Signs a start for the rollout that begins with it. */
export type Vouching = (rollout: string) => Promise<string>;

/** Which ended rollout is to be taken back. */
export interface TakeBackRequest extends Reverts {
  /** The last part of the new id; the old one and the kind when absent. */
  readonly key?: string;
  /** For whom a service takes it back. */
  readonly askedFor?: string;
  readonly sign?: Vouching;
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
  /**
   * Its status; `terminated` or `timed-out` when its workflow was ended from outside, `paused-in-temporal` when somebody
   * paused that.
   */
  readonly status: string;
  readonly phase: string;
  /** Groups that are asked now, or `nobody`. */
  readonly waitingFor: string;
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** Whose answer rollouts wait for: somebody, or a group. A gate that somebody has approved waits for others. */
export interface WaitingFor {
  readonly name: string;
  /** The groups in which they are; a door knows them itself. */
  groupsIn(environment: string): readonly string[];
  /** For whom they answer gates now, each with their groups; for nobody when absent. */
  delegatorsIn?(environment: string): readonly Delegator[];
}

/** Which rollouts are listed. */
export interface ListFilter {
  readonly environment?: string;
  readonly all?: boolean;
  readonly waitingFor?: WaitingFor;
}

/** A rollout's workflow as Temporal knows it: also without a worker. */
export type Description = RolloutSummary & { readonly historyLength: number };

/** The same for whoever may read the namespace: who knows the first run can speak for the rollout. */
export type DescribedRun = Description & {
  readonly runId: string;
  /** The first of its runs: another rollout that had this id before had another. */
  readonly firstRun: string;
};

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
  /** Whether the server knows of any worker that ever asked for work there. */
  everServed(environment: string): Promise<boolean>;
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
  /** `host:port` of Temporal, or the origin of an API. */
  readonly address: string;
  /**
   * Who decides: through a door whoever it knows the sender as, and else the name that is given. Throws `Refusal` when a
   * door knows somebody else.
   */
  person(given: string | undefined): Promise<string>;
  /** The environment that is meant: through a door its own, and else `local` when none is named. */
  environment(given: string | undefined): Promise<string>;
  /** The id of the decision for which a key stands. */
  decisionId(key: string): Promise<string>;
  readonly builds: Builds;
  readonly locks: LocksClient;
  readonly repairs: Repairs;
  /** What a rollout's preflight would find; starts none. Throws `Unreachable` when no worker is heard of for seconds. */
  check(request: CheckRequest): Promise<CheckResult>;
  /** Looks at everything that an environment rests on; changes nothing. */
  examine(environment: string, config: string): Promise<readonly Examination[]>;
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
  /** Guards and exposed targets as the sentinel sees them now; undefined while nobody watches. Never throws. */
  readings(rollout: string): Promise<LiveView | undefined>;
  /** What failed and is tried again, for as long as its deadline lets it. Never throws. */
  attempts(rollout: string): Promise<readonly FailedAttempts[]>;
  /** Throws `Refusal` that says how it ended when it is over; needs no worker while it is not. */
  refuseWhenOver(rollout: string): Promise<void>;
  /** Sends a decision once and answers what became of it. Throws `NoAnswer` when nothing came within 10 s. */
  decide(rollout: string, request: DecisionRequest): Promise<Answer>;
  describe(rollout: string): Promise<Description>;
  /** Running ones, newest first; with `all` also those that ended, as far as the server keeps them. */
  list(filter?: ListFilter): Promise<readonly RolloutSummary[]>;
  /** Waits, however long, for the end. Throws `NoAnswer` when the workflow was ended from outside. */
  wait(rollout: string): Promise<Outcome>;
  /** When a worker that new rollouts go to asked for work last, in milliseconds since the epoch. */
  workerSeenAt(environment: string): Promise<number | undefined>;
  close(): Promise<void>;
}

/** A client that asks Temporal itself. */
export interface DirectClient extends RolloutClient {
  describe(rollout: string): Promise<DescribedRun>;
}

export type { LocksReport } from './locks-report.js';
