import type { Paint } from './paint.js';

/** How it is drawn. */
export interface TreeOptions {
  readonly paint: Paint;
  /** Columns, 100 at most are used. */
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Counts up while it is repainted: turns the spinner. */
  readonly frame: number;
  /** Leaves out the steps of phases that are over or still to come. */
  readonly compact?: boolean;
}
