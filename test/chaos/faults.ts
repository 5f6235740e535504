import { setTimeout as sleep } from 'node:timers/promises';
import { withFileLock } from '../../activities/files/lock.js';
import type { Moment, Point } from './point.js';
import type { Aim, Strike } from './protocol.js';
import type { Stage } from './stage.js';
import type { CrashingServer } from './temporal.js';

/**
 * What can be done to a run: kill -9 of the worker or of Temporal, one of the pairs that begin with the worker, and three
 * ways in which a network can be bad for a while.
 */
export const faultNames = [
  'worker',
  'worker-again',
  'worker-recovering',
  'worker-temporal',
  'temporal',
  'database',
  'metrics',
  'flags',
] as const;
export type FaultName = (typeof faultNames)[number];

/** What a fault that is done from outside works on. */
export interface Target {
  readonly stage: Stage;
  /** The run's own server, where the fault is to kill it. */
  readonly temporal?: CrashingServer | undefined;
  /** How long a network stays bad. */
  readonly milliseconds: number;
  /** Lets the worker go on, which stands still at the point. To be called when the fault has begun. */
  goOn(): Promise<void>;
}

/** One kind of fault. */
interface Fault {
  /** What is done, as people read it. */
  readonly title: string;
  /** What workers do themselves, one after the other. */
  strikes(at: Point): readonly Strike[];
  /** What is done while the last of them stands still; settles when it is over. */
  readonly outside?: (target: Target) => Promise<void>;
}

export const faults: Readonly<Record<FaultName, Fault>> = {
  worker: { title: 'worker killed', strikes: (at) => [dying(at)] },
  'worker-again': {
    title: 'worker killed twice',
    strikes: (at) => [dying(at), { aim: nextAttempt(at, hardest(at)), how: 'die' }],
  },
  'worker-recovering': {
    title: 'killed recovering',
    strikes: (at) => [dying(at), { aim: { type: 'first-activity' }, how: 'die' }],
  },
  'worker-temporal': {
    title: 'then Temporal too',
    strikes: (at) => [dying(at), { aim: nextAttempt(at, 'after'), how: 'wait' }],
    outside: killTemporal,
  },
  temporal: { title: 'Temporal killed', strikes: waiting, outside: killTemporal },
  database: {
    title: 'database gone',
    strikes: waiting,
    async outside({ stage, milliseconds, goOn }) {
      const cut = stage.network.cut(milliseconds);
      await goOn();
      await cut;
    },
  },
  metrics: {
    title: 'metrics answer 500',
    strikes: waiting,
    async outside({ stage, milliseconds, goOn }) {
      stage.shop.answers = 'error';
      await goOn();
      await sleep(milliseconds);
      stage.shop.answers = 'metrics';
    },
  },
  flags: {
    title: 'flag store slow',
    strikes: waiting,
    async outside({ stage, milliseconds, goOn }) {
      await withFileLock(stage.flagFile, async () => {
        await goOn();
        await sleep(milliseconds);
      });
    },
  },
};

/** Whether a fault kills Temporal: the run then has a server of its own. */
export function killsTemporal(fault: FaultName): boolean {
  return faults[fault].outside === killTemporal;
}

async function killTemporal({ temporal, goOn }: Target): Promise<void> {
  if (!temporal) throw new TypeError('only a server of its own can be killed');
  await temporal.kill();
  // What the activity reports now reaches nobody.
  await goOn();
  await temporal.restart();
}

function dying(point: Point): Strike {
  return { aim: { type: 'point', point }, how: 'die' };
}

function waiting(point: Point): readonly Strike[] {
  return [{ aim: { type: 'point', point }, how: 'wait' }];
}

function nextAttempt({ activity, about }: Point, moment: Moment): Aim {
  return { type: 'next-attempt', activity, about, moment };
}

/** Where the next attempt is hit: with its effect had twice and told by nobody, or in a write, at the lock it takes over. */
function hardest({ moment }: Point): Moment {
  return moment === 'within' ? 'within' : 'after';
}
