import { setTimeout as sleep } from 'node:timers/promises';
import { withFileLock } from '../../activities/files/lock.js';
import type { CrashingServer } from './temporal.js';
import type { Stage } from './stage.js';

/** What can be done to a run: two kinds of kill -9, and three ways in which a network can be bad for a while. */
export const faultNames = ['worker', 'temporal', 'database', 'metrics', 'flags'] as const;
export type FaultName = (typeof faultNames)[number];

/** What is done, as people read it. */
export const faultTitles: Readonly<Record<FaultName, string>> = {
  worker: 'worker killed',
  temporal: 'Temporal killed',
  database: 'database gone',
  metrics: 'metrics answer 500',
  flags: 'flag store slow',
};

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

/** Faults that are done while the worker stands still at a point; each settles when it is over. */
export const outsideFaults: Readonly<
  Record<Exclude<FaultName, 'worker'>, (target: Target) => Promise<void>>
> = {
  async temporal({ temporal, goOn }) {
    if (!temporal) throw new TypeError('only a server of its own can be killed');
    await temporal.kill();
    // What the activity reports now reaches nobody.
    await goOn();
    await temporal.restart();
  },
  async database({ stage, milliseconds, goOn }) {
    const cut = stage.network.cut(milliseconds);
    await goOn();
    await cut;
  },
  async metrics({ stage, milliseconds, goOn }) {
    stage.shop.answers = 'error';
    await goOn();
    await sleep(milliseconds);
    stage.shop.answers = 'metrics';
  },
  async flags({ stage, milliseconds, goOn }) {
    await withFileLock(stage.flagFile, async () => {
      await goOn();
      await sleep(milliseconds);
    });
  },
};
