import type { GuardReading, Subscription } from '../engine/ports.js';

/** A subscription with the workflow run that hears about it. */
export interface Subscriber extends Subscription {
  readonly workflowId: string;
  readonly runId: string;
}

/** Leaves the sentinel. With `runId` only that run of the rollout leaves, so that a newer one stays. */
export interface Leaving {
  readonly rollout: string;
  readonly runId?: string;
}

/** Who is watched. `subscriptions` is absent when the asker already knows this version. */
export interface Roster {
  readonly version: number;
  readonly subscriptions?: readonly Subscriber[];
}

/** What the sentinel's workflow is started with, and carries into its next run. */
export interface SentinelInput {
  readonly environment: string;
  readonly subscribers?: readonly Subscriber[];
  readonly version?: number;
  /** Milliseconds without a worker that watches until every subscriber hears `blind`; 30 s when absent. */
  readonly blindAfter?: number;
  /** History events after which a new run begins; when absent, the server's suggestion decides. */
  readonly continueAfter?: number;
}

/** What the watching activity is started with. */
export interface WatchInput {
  readonly environment: string;
  /** The workflow id of the sentinel that is asked for its subscriptions. */
  readonly sentinelId: string;
}

/** Sent to a rollout's workflow as the signal `evidence`: the newest reading of every guard. */
export interface EvidenceSignal {
  readonly subscription: number;
  readonly readings: readonly GuardReading[];
}

/** Sent to a rollout's workflow as the signal `blind`: nobody watches it at the moment. */
export interface BlindSignal {
  readonly subscription: number;
  readonly reason: string;
}

/** Names between the sentinel, its activity and the rollouts. They stand in histories: never change one. */
export const sentinelNames = {
  workflow: 'sentinel',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  subscriptions: 'subscriptions',
  evidence: 'evidence',
  blind: 'blind',
} as const;

/** The workflow id of an environment's sentinel. */
export function sentinelId(environment: string): string {
  return `sentinel/${environment}`;
}
