import type { Moment, Point } from './point.js';

/** Where a strike falls. */
export type Aim =
  /** A point that the undisturbed run passed. */
  | { readonly type: 'point'; readonly point: Point }
  /** The first such moment of a call that is tried again. */
  | {
      readonly type: 'next-attempt';
      readonly activity: string;
      readonly about: string;
      readonly moment: Moment;
    }
  /** Before the first activity that the worker is given, whichever it is. */
  | { readonly type: 'first-activity' };

/** What a worker under test does at a moment: die as by kill -9, or stand still until it is told to go on. */
export interface Strike {
  readonly aim: Aim;
  readonly how: 'die' | 'wait';
}

/** What a worker under test is started with. */
export interface WorkerUnderTest {
  readonly environment: string;
  /** Path of the configuration file. */
  readonly config: string;
  /** `host:port` of Temporal. */
  readonly address: string;
  /** Path of the bundled workflows. */
  readonly bundle: string;
  readonly strike?: Strike | undefined;
  /** With a defect on purpose. */
  readonly planted?: boolean;
  /** Asks for no work before it is told to begin. */
  readonly standby?: boolean;
}

/** What the supervisor asks of a worker under test; each is answered by one report. */
export type Order =
  | { readonly type: 'say-when-reached' }
  | { readonly type: 'go-on' }
  | { readonly type: 'say-points' }
  | { readonly type: 'begin' };

export type Report =
  | { readonly type: 'begins' }
  | { readonly type: 'reached' }
  | { readonly type: 'went-on' }
  | { readonly type: 'points'; readonly points: readonly Point[] };
