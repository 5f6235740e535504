import type { Plan } from '../engine/plan/plan.js';
import type { OutcomeType } from '../engine/state/values.js';
import type { Ground } from './ground.js';
import type { FailurePoint } from './points.js';
import type { DrilledPoint, DrillRecord, TimeToRestore } from './record.js';

/** What a drill is started with. */
export interface DrillInput {
  readonly format: 1;
  readonly environment: string;
  readonly plan: Plan;
  readonly digest: string;
  readonly startedBy: string;
  /** By what windows are multiplied, above 0 and at most 1. */
  readonly timeScale: number;
  /** Names of the points to drill; all of them when absent. */
  readonly points?: readonly string[];
  /** What a door vouches for: who wanted this very drill. A compact JWS. Without it no shared environment believes it. */
  readonly signed?: string;
}

/** How far a drill is. */
export interface DrillProgress {
  readonly format: 1;
  readonly drill: string;
  readonly runbook: string;
  readonly digest: string;
  /** Names of all points that it will drill. */
  readonly points: number;
  readonly drilled: readonly DrilledPoint[];
  /** The point under way. */
  readonly current?: string;
}

/** What a drill that passed answers. */
export interface DrillResult {
  readonly format: 1;
  readonly record: DrillRecord;
}

/** One rollout of a drill, and where it is to fail. */
export interface PointInput {
  readonly drill: string;
  /** Its workflow id. */
  readonly rollout: string;
  readonly point: FailurePoint;
}

/** How a rollout went that was made to fail. */
export interface Steered {
  /** Absent where it did not end in time. */
  readonly outcome?: OutcomeType;
  readonly reason: string;
  /** Why it was taken back is not what was done to it: the drill met something else. */
  readonly unconfirmed?: true;
  readonly restored?: TimeToRestore;
}

/** What was found by holding the world against what the drill saw of it before. */
export interface Compared {
  /** A sentence each. */
  readonly differences: readonly string[];
  readonly rowsCompared: number;
  readonly rowsLost: number;
}

/** What a drill does outside of its workflow. Each may be tried again after it was done. */
export interface DrillActivities {
  /**
   * Makes what the drill works on anew, after it swept what a killed one left.
   *
   * @returns what it stands on; and what is not simulated, a sentence each
   */
  prepareDrill(input: {
    readonly drill: string;
    /** As whoever started it names it: refused where these workers serve another. */
    readonly environment: string;
    readonly plan: Plan;
  }): Promise<{ readonly build: string; readonly ground: Ground; readonly notSimulated: readonly string[] }>;
  /** Remembers how everything is, and where the rollout is to fail. */
  beginPoint(input: PointInput & { readonly plan: Plan }): Promise<null>;
  /** Answers the rollout's gates, brings its failure about, writes rows beside it, until it has ended. */
  steerRollout(input: PointInput & { readonly plan: Plan }): Promise<Steered>;
  /** Holds everything against what it was before; then goes every way back once more, and does it again. */
  comparePoint(input: PointInput & { readonly plan: Plan; readonly isBack: boolean }): Promise<Compared>;
  /** Keeps the record, and throws away what the drill worked on. */
  endDrill(input: { readonly record: Omit<DrillRecord, 'hash'> }): Promise<DrillRecord>;
}
