import type { Target } from '../plan/plan.js';
import type { Cause } from './outcome.js';

/** What is kept of a way back on which somebody else may write the same targets. */
export interface Contested {
  /** When exposure was put back, within the last minute. */
  writes?: readonly number[];
  /** When it was seen last that somebody else had raised it. */
  strangerAt?: number;
}

/** Everything that was done is being taken back. */
export interface Unwinding extends Contested {
  readonly cause: Cause;
  readonly since: number;
  /** People have been told. */
  told?: true;
  /** The act that was under way when it began, until its exposure has been restored for the second time. */
  interrupted?: string;
  exposureRestoredAt?: number;
  /** Targets whose candidate is served to nobody any more, as far as somebody could say. */
  unserved?: Target[];
  /** The target of which the application is being asked whether it still serves the candidate. */
  asking?: { readonly target: Target; readonly since: number };
  /** Somebody was called because exposure is not back yet. */
  called?: true;
  /** Targets that were read again: true when they are as they were. */
  verified: Record<Target, boolean>;
  verifiedAt?: number;
}

/** Exposure and all that was done since is being taken back to what it was before anybody was exposed. */
export interface Retreating extends Contested {
  readonly since: number;
  readonly by: string;
  readonly reason: string;
  told?: true;
  interrupted?: string;
  exposureRestoredAt?: number;
  /** Targets whose candidate is served to nobody any more, as far as somebody could say. */
  unserved?: Target[];
  /** The target of which the application is being asked whether it still serves the candidate. */
  asking?: { readonly target: Target; readonly since: number };
  called?: true;
  verified: Record<Target, boolean>;
}
