import type { Approved } from './people.js';
import type { DrillProof } from './values.js';

/** A gate that waits for people. */
export interface OpenGate {
  readonly step: string;
  epoch: number;
  readonly since: number;
  deadline: number;
  approvals: Approved[];
  /** When whoever has not answered is told again; absent once they were. */
  remindAt?: number;
  /** When another group is asked, too; absent once it is. */
  escalateAt?: number;
  /** The group that is asked, too, and since when. */
  escalated?: { readonly to: string; readonly at: number };
  /** The people who could approve, as the environment knew them when it was asked last. */
  able?: { readonly at: number; readonly people: readonly string[] };
}

/** The next step waits until a calendar, or a drill, lets it start. */
export interface Frozen {
  readonly step: string;
  readonly since: number;
  /** In one sentence: which calendar, and what stands in it; what no drill has proven; or why that cannot be read. */
  readonly reason: string;
  /** When it ends by itself; absent when nobody can tell. */
  readonly until?: number;
  /** Nobody can read the calendar: whatever stands in it, nothing starts. */
  readonly unreadable?: true;
  /** It waits for a drill. */
  readonly undrilled?: true;
  /** When it is looked at again, in milliseconds since the epoch. */
  lookAt: number;
  /** How often it could not be read, one time after the other. */
  readonly misses: number;
}

/** What drills prove, as far as somebody looked. */
export interface Drilled {
  /** When it was looked last, in milliseconds since the epoch. */
  readonly lookedAt: number;
  /** Absent where nobody could tell. */
  readonly proof?: DrillProof;
}

/** People want a rollout to pass a window or a missing drill. */
export interface Glass {
  readonly incident: string;
  readonly reason: string;
  readonly by: readonly Approved[];
  /** When there were enough of them; absent while there are not. */
  readonly brokenAt?: number;
}
