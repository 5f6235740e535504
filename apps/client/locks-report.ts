import type { LocksRequest, Stopped } from '../../src/protocol/locks.js';
import type { Answer } from '../../src/engine/state/messages.js';
import type { LockAnswer } from '../../src/engine/state/values.js';

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
