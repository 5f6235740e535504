import { allOrNone } from '../../src/app/local/beginnings.js';
import { startChild } from '../../src/app/local/child-process.js';
import type { Point } from './point.js';
import type { Order, Report, WorkerUnderTest } from './protocol.js';
import { remember } from './running.js';

/** A worker, and one that takes its place when it dies at its strike. */
export interface SupervisedWorker {
  /** Settles when the first worker is gone. */
  readonly died: Promise<void>;
  /** Settles when the first worker stands still at its strike; rejects when it is gone before. */
  reached(): Promise<void>;
  goOn(): Promise<void>;
  /** The points that the first worker has passed, in order. */
  points(): Promise<readonly Point[]>;
  stop(): Promise<void>;
}

/** Milliseconds that a run may take to come by its point. */
const patience = 15 * 60_000;

/**
 * Starts a worker under test; one that is to die has another standing by, which begins at once: loading it takes
 * seconds of a core, and those belong to no fault.
 */
export async function superviseWorker(given: WorkerUnderTest, log: string): Promise<SupervisedWorker> {
  const start = (what: WorkerUnderTest) =>
    startChild({
      name: 'the worker',
      module: new URL('./worker-process.js', import.meta.url),
      args: [JSON.stringify(what)],
      log,
    });
  const { strike, ...unarmed } = given;
  const [first, second] = await allOrNone([
    start(given),
    strike?.how === 'die' ? start({ ...unarmed, standby: true }) : Promise.resolve(undefined),
  ]);
  void first.exited.then(() =>
    second?.ask<Report>({ type: 'begin' } satisfies Order, 'begins').catch(() => undefined),
  );
  const ask = <R extends Report>(order: Order, answer: R['type'], within?: number) =>
    first.ask<R>(order, answer, within);
  return {
    died: first.exited,
    async reached() {
      await ask({ type: 'say-when-reached' }, 'reached', patience);
    },
    async goOn() {
      await ask({ type: 'go-on' }, 'went-on');
    },
    async points() {
      const { points } = await ask<Extract<Report, { type: 'points' }>>({ type: 'say-points' }, 'points');
      return points;
    },
    stop: remember(async () => {
      // The second first: it would begin when the first is gone.
      await second?.kill();
      await first.kill();
    }),
  };
}
