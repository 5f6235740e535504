import { digestOf } from '../base/digest.js';
import type { Json, JsonObject } from '../base/json.js';
import type { Phase } from '../plan/plan.js';

export const journalFormat = 1;

/** Every kind of transition that is recorded. */
export type JournalEventType =
  | 'started'
  | 'reset'
  | 'refused'
  | 'queued'
  | 'scope-acquired'
  | 'warning'
  | 'preflight-passed'
  | 'phase-entered'
  | 'captured'
  | 'rechecked'
  | 'act-started'
  | 'act-done'
  | 'act-failed'
  | 'step-skipped'
  | 'watch-started'
  | 'watch-extended'
  | 'watch-passed'
  | 'gate-opened'
  | 'gate-passed'
  | 'gate-reminded'
  | 'gate-escalated'
  | 'no-quorum'
  | 'window-closed'
  | 'window-opened'
  | 'drill-failed'
  | 'glass-broken'
  | 'decision'
  | 'decisions-refused'
  | 'ignored'
  | 'approvals-voided'
  | 'paused'
  | 'resumed'
  | 'retreating'
  | 'retreated'
  | 'hold'
  | 'question'
  | 'hold-cleared'
  | 'breach'
  | 'no-return'
  | 'no-return-uncrossed'
  | 'unwinding'
  | 'undo-started'
  | 'undone'
  | 'still-exposed'
  | 'drift'
  | 'still-served'
  | 'unserved'
  | 'needs-operator'
  | 'verified'
  | 'not-verified'
  | 'baseline-confirmed'
  | 'unconfirmed'
  | 'ended';

/** One transition: what, when, of which step, by whom, why, on which evidence. */
export interface JournalEvent {
  /** From 1, without gaps. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: JournalEventType;
  readonly reason: string;
  readonly phase?: Phase;
  readonly step?: string;
  readonly epoch?: number;
  readonly by?: string;
  /** Through which door, and who handed it in: of decisions and starts. */
  readonly via?: string;
  readonly submittedBy?: string;
  /** What the door signed, as a compact JWS. */
  readonly signed?: string;
  readonly evidence?: JsonObject;
}

/** By which way a decision or a start came, as the environment's workers found it out. */
export type Provenance = Pick<JournalEvent, 'via' | 'submittedBy' | 'signed'>;

/** An event as it stands in the exported journal: chained to the one before by its hash. */
export interface JournalEntry {
  readonly format: typeof journalFormat;
  readonly rollout: string;
  readonly event: JournalEvent;
  /** The hash of the entry before, or 64 zeros. */
  readonly previous: string;
  /** SHA-256 over format, rollout, event and previous. */
  readonly hash: string;
}

export const chainStart = '0'.repeat(64);

/** The next entry of a rollout's chain. */
export function chainEntry(rollout: string, event: JournalEvent, previous: string): JournalEntry {
  return { ...entryBody(rollout, event, previous), hash: hashOf(rollout, event, previous) };
}

/**
 * Whether an event begins a history of its own after `last` events of another: a run that was reset numbers on from where
 * it was reset to, from 1 when that was its beginning.
 */
export function beginsHistory({ number, type }: JournalEvent, last: number): boolean {
  return number <= last && (type === 'reset' || (number === 1 && type === 'started'));
}

/** Where a chain breaks. */
export interface ChainFault {
  readonly number: number;
  readonly reason: string;
}

/** The first fault of a rollout's chain, or undefined when it is whole. */
export function findChainFault(rollout: string, entries: readonly JournalEntry[]): ChainFault | undefined {
  let previous = chainStart;
  let last = 0;
  for (const [index, entry] of entries.entries()) {
    const number = index + 1;
    if (entry.event.number !== last + 1 && !beginsHistory(entry.event, last)) {
      return {
        number,
        reason: `entry ${number} is missing: number ${entry.event.number} stands in its place`,
      };
    }
    if (entry.format !== journalFormat)
      return { number, reason: `entry ${number} has format ${String(entry.format)}, which is unknown here` };
    if (entry.rollout !== rollout)
      return { number, reason: `entry ${number} belongs to rollout ${entry.rollout}` };
    if (entry.previous !== previous) {
      return {
        number,
        reason: `entry ${number} does not follow the entry before it: one of the two was replaced`,
      };
    }
    if (entry.hash !== hashOf(rollout, entry.event, entry.previous)) {
      return { number, reason: `entry ${number} was changed after it was written: its hash does not fit` };
    }
    previous = entry.hash;
    last = entry.event.number;
  }
  return undefined;
}

function entryBody(rollout: string, event: JournalEvent, previous: string) {
  return { format: journalFormat, rollout, event, previous } as const;
}

function hashOf(rollout: string, event: JournalEvent, previous: string): string {
  return digestOf(entryBody(rollout, event, previous) as unknown as Json);
}
