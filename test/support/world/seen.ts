import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Outcome, RolloutState } from '../../../src/engine/state/state.js';
import type { Status } from '../../../src/engine/state/status.js';
import type { Endless, Livelock, Stranded } from './ends.js';
import type { WasReset } from './script.js';
import type { Sentinel } from './sentinel.js';
import type { Trace } from './trace.js';

/** What became of a plan, and of everything outside. */
export interface World {
  readonly plan: Plan;
  readonly state: RolloutState;
  /** Every status it was seen in, in order, without repetitions. */
  readonly statuses: readonly Status[];
  /** How often it went on in a new run, and in which status it was each time. */
  readonly renewals: number;
  readonly renewedIn: readonly Status[];
  readonly trace: Trace;
  readonly sentinel: Sentinel;
  readonly start: number;
  /** The state of every target of the plan. */
  readonly before: string;
  after(): string;
  /** Whether an irreversible act has had an effect. */
  gone(): boolean;
  /** How it stood when it was reset. */
  readonly reset?: Readonly<WasReset>;
  /** What `why` failed to say, at every wait. */
  readonly silences: string[];
  readonly ended: Outcome | Stranded | Livelock | Endless;
  /** How long the trace was when it ended: what follows landed too late to be heard. */
  readonly endedAt: number;
}
