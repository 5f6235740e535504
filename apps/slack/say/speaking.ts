import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import type { Directory } from '../../../src/identity/index.js';
import type { Reported } from '../../client/client.js';
import type { GuardReading } from '../../../src/engine/state/values.js';

/** What every message is written with. */
export interface Speaking {
  readonly directory: Directory;
  /** Unix ms. */
  readonly now: number;
  /** Where a rollout can be looked at, with `{rollout}` for its id. */
  readonly link?: string;
}

/** What was seen of the guards before a question. */
export interface WorstSince {
  /** Unix ms. */
  readonly since: number;
  /** The gate that was passed then; absent where none was, and people were exposed then first. */
  readonly gate?: string;
  /** The worst reading of each guard; absent while the evidence cannot be read. */
  readonly readings?: ReadonlyMap<string, GuardReading> | undefined;
}

/** A rollout as it is told: where it stands, what it does, and what has happened, oldest first. */
export interface Told extends Speaking {
  readonly report: Reported;
  readonly plan: Plan;
  readonly events: readonly JournalEvent[];
  /** What was seen of the guards before the open gate asked; absent where nobody was exposed yet, and where nothing asks. */
  readonly worst?: WorstSince;
}
