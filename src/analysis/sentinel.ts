import type { GuardReading, Subscription } from '../engine/ports.js';
import type { PackedSubscriptions } from './packed.js';

/** A subscription with the workflow that hears about it, by its id alone: its run changes when it continues as new. */
export interface Subscriber extends Subscription {
  readonly workflowId: string;
  /** The run that subscribed. */
  readonly runId: string;
}

/** Leaves the sentinel. */
export interface Leaving {
  readonly rollout: string;
  /** Leaves only as this subscription, so that a newer one stays; as whatever is subscribed when absent. */
  readonly as?: SubscriptionId;
}

/** Which subscription of a rollout this is. Numbers begin anew when a run is reset: `since` tells those runs apart. */
export interface SubscriptionId {
  readonly number: number;
  readonly since: number;
}

/** A subscription as the sentinel keeps it. */
export interface Watched extends Subscription {
  readonly workflowId: string;
  readonly orphan?: Orphan;
}

/** A rollout that was ended from outside while it was watched: nobody takes back what it did. */
export interface Orphan {
  /** Milliseconds since the epoch: when it was found. */
  readonly at: number;
  /** How it ended. */
  readonly reason: string;
  /** Whether people have been told. */
  readonly told: boolean;
}

/** Sent to the sentinel: a subscription's rollout was ended from outside, or, without a reason, runs after all. */
export interface OrphanSignal {
  readonly rollout: string;
  readonly as: SubscriptionId;
  readonly at: number;
  readonly reason?: string;
}

/** An orphan as the sentinel shows it. */
export interface OrphanReport extends Orphan {
  readonly rollout: string;
  readonly percent: number;
}

/** What changed in who is watched, in order; a long list comes in pages. */
export interface RosterPage {
  /** Ask for what comes after it. Counted within one run of the sentinel's workflow. */
  readonly version: number;
  /** Whether the next page can be had at once. */
  readonly more: boolean;
  readonly watched: PackedSubscriptions;
  /** Rollouts that are not watched any more. */
  readonly left: readonly string[];
}

/** What the sentinel's workflow is started with, and carries into its next run. */
export interface SentinelInput {
  readonly environment: string;
  readonly watched?: PackedSubscriptions;
  /** What subscribers still have to hear: those that come after `after`, or all. */
  readonly blind?: { readonly reason: string; readonly after?: string };
  /** The number of the last shift. */
  readonly shift?: number;
  /** Milliseconds without a worker that watches until every subscriber hears `blind`; 30 s when absent. */
  readonly blindAfter?: number;
  /** History events after which a new run begins; when absent, the server's suggestion decides. */
  readonly continueAfter?: number;
  /** Bytes that subscriptions may fill before newcomers are refused; what one payload carries when absent. */
  readonly room?: number;
}

/** What the watching activity is started with. */
export interface WatchInput {
  readonly environment: string;
  /** The workflow id of the sentinel that is asked for its subscriptions. */
  readonly sentinelId: string;
  readonly shift: Shift;
}

/** Which run of the watching activity this is. */
export interface Shift {
  /** The first run of the sentinel's workflow. */
  readonly chain: string;
  /** Counted from 1 through all runs; one is left out when subscribers were told that nobody watches. */
  readonly number: number;
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
  orphan: 'orphan',
  /** The query for a page of changes. */
  roster: 'roster',
  /** The query for those who were ended from outside. */
  orphans: 'orphans',
  evidence: 'evidence',
  blind: 'blind',
} as const;

/** The workflow id of an environment's sentinel. */
export function sentinelId(environment: string): string {
  return `sentinel/${environment}`;
}
