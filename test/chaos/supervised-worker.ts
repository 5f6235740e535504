import { allOrNone } from '../../apps/local/beginnings.js';
import { startChild, type Child } from '../../apps/local/child-process.js';
import type { Point } from './point.js';
import type { Order, Report, Strike, WorkerUnderTest } from './protocol.js';
import { remember } from './running.js';

/** A worker, and others of which one takes its place whenever one dies at its strike. */
export interface SupervisedWorker {
  /** Settles when all that were to die are gone. */
  readonly lost: Promise<void>;
  /** Settles when the one that is to stand still does; rejects when it is gone before. */
  reached(): Promise<void>;
  goOn(): Promise<void>;
  /** The points that the first worker has passed, in order. */
  points(): Promise<readonly Point[]>;
  stop(): Promise<void>;
}

/** Milliseconds that a run may take to come by its point. */
const patience = 15 * 60_000;

/**
 * Starts a worker for each strike, in the order in which they fall, and one more when the last of them dies. All but
 * the first stand by, and begin at once when the one before is gone: loading a worker takes seconds of a core, and
 * those belong to no fault.
 */
export async function superviseWorker(
  given: WorkerUnderTest,
  strikes: readonly Strike[],
  log: string,
): Promise<SupervisedWorker> {
  const start = (what: WorkerUnderTest) =>
    startChild({
      name: 'the worker',
      module: new URL('./worker-process.js', import.meta.url),
      args: [JSON.stringify(what)],
      log,
    });
  const deaths = strikes.filter(({ how }) => how === 'die').length;
  const workers: readonly Child[] = await allOrNone(
    Array.from({ length: deaths + 1 }, (_, place) =>
      start({ ...given, strike: strikes[place], standby: place > 0 }),
    ),
  );
  const [first, last] = [workers[0]!, workers.at(-1)!];
  for (const [place, next] of workers.slice(1).entries()) {
    void workers[place]?.exited.then(() =>
      next.ask<Report>({ type: 'begin' } satisfies Order, 'begins').catch(() => undefined),
    );
  }
  const ask = <R extends Report>(child: Child, order: Order, answer: R['type'], within?: number) =>
    child.ask<R>(order, answer, within);
  return {
    lost: Promise.all(workers.slice(0, deaths).map(({ exited }) => exited)).then(() => undefined),
    async reached() {
      await ask(last, { type: 'say-when-reached' }, 'reached', patience);
    },
    async goOn() {
      await ask(last, { type: 'go-on' }, 'went-on');
    },
    async points() {
      const { points } = await ask<Extract<Report, { type: 'points' }>>(
        first,
        { type: 'say-points' },
        'points',
      );
      return points;
    },
    stop: remember(async () => {
      // The last first: one begins when the one before is gone.
      for (const worker of [...workers].reverse()) await worker.kill();
    }),
  };
}
