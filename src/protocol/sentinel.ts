import type { OfChain } from './chain.js';
import type { Look } from '../engine/state/look.js';
import type { JournalEvent } from '../engine/state/journal.js';
import type { GuardReading } from '../engine/state/values.js';
import type { Orphan, PackedSubscriptions } from './subscriptions.js';

/** Leaves the sentinel. */
export interface Leaving extends OfChain {
  readonly rollout: string;
  /** Leaves only as this subscription, so that a newer one stays; as whatever is subscribed when absent. */
  readonly as?: SubscriptionId;
}

/** Which subscription of a rollout this is. Numbers begin anew when a run is reset: `since` tells those runs apart. */
export interface SubscriptionId {
  readonly number: number;
  readonly since: number;
}

/** Sent to the sentinel: a subscription's rollout was ended from outside, or, without a reason, runs after all. */
export interface OrphanSignal extends OfChain {
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

/** Which of some rollouts the sentinel watches. */
export interface WatchedAmong {
  /** It finds out when one of them ends without a word, and calls somebody. */
  readonly living: readonly string[];
  /** Somebody was called, or is about to be. */
  readonly orphans: readonly string[];
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
  /** How often all were told that nobody watches: after that they know nothing of what they were told before. */
  readonly blinded?: number;
}

/** Sent to the sentinel by a worker that sees no heartbeat of the activity that watches. */
export interface UnwatchedSignal {
  /** The silence, by what was seen last: all workers see the same, and subscribers hear of each once. */
  readonly silence: string;
  readonly reason: string;
}

/** What the sentinel's workflow is started with, and carries into its next run. */
export interface SentinelInput {
  readonly environment: string;
  readonly watched?: PackedSubscriptions;
  /** A run of this sentinel that nothing could make go on: whom it watched is read from its history first. */
  readonly repairs?: string;
  /** What subscribers still have to hear: those that come after `after`, or all. */
  readonly blind?: { readonly reason: string; readonly after?: string };
  /** The number of the last shift. */
  readonly shift?: number;
  /** How many events its journal has, and which of them have not been exported. */
  readonly journalled?: number;
  readonly unsent?: readonly JournalEvent[];
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

/** Sent to a rollout's workflow as the signal `evidence`: the newest reading of every guard, and look at every target. */
export interface EvidenceSignal extends OfChain {
  readonly subscription: number;
  readonly readings: readonly GuardReading[];
  readonly looks?: readonly Look[];
}

/** Whether exposure is to be taken back for it: it must not be lost, nor wait in any line. */
export function isAlarming({ readings, looks = [] }: EvidenceSignal): boolean {
  return (
    readings.some(({ verdict }) => verdict === 'fail') || looks.some(({ verdict }) => verdict === 'raised')
  );
}

/** Sent to a rollout's workflow as the signal `blind`: nobody watches it at the moment. */
export interface BlindSignal {
  /** Absent when whoever says so does not know it: then it is whichever there is. */
  readonly subscription?: number;
  readonly reason: string;
}

/** Names between the sentinel, its activity and the rollouts. They stand in histories: never change one. */
export const sentinelNames = {
  workflow: 'sentinel',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  orphan: 'orphan',
  unwatched: 'unwatched',
  /** The query for a page of changes. */
  roster: 'roster',
  /** The query for those who were ended from outside. */
  orphans: 'orphans',
  /** The query which of some rollouts are watched. */
  among: 'among',
  evidence: 'evidence',
  blind: 'blind',
} as const;

/** The workflow id of an environment's sentinel. */
export function sentinelId(environment: string): string {
  return `sentinel/${environment}`;
}
