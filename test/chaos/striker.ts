import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { fileEvents, type FileEvent } from '../../activities/files/write-events.js';
import { aboutsOf } from './about.js';
import { isSame, type Call, type Point } from './point.js';
import type { Aim, Order, Report, Strike } from './protocol.js';

/** One attempt at a call; an export is several calls at once. */
interface Attempt {
  readonly number: number;
  readonly calls: readonly Call[];
  /** How many places of a kind it has passed. */
  readonly places: { between: number; within: number };
}

type Passage = Pick<Point, 'moment' | 'place' | 'write'>;

/** Counts the points that activities pass, and strikes at one of them; lives in the worker's process. */
export class Striker {
  readonly #passed: Point[] = [];
  readonly #calls = new Map<string, number>();
  readonly #attempts = new AsyncLocalStorage<Attempt>();
  readonly #reached = gate();
  readonly #released = gate();
  readonly #begin = gate();
  /** Settles when the worker is told to begin. */
  readonly begun = this.#begin.opened;
  readonly #strike: Strike | undefined;

  constructor(strike: Strike | undefined) {
    this.#strike = strike;
    fileEvents.subscribe((message) => this.#write(message as FileEvent));
  }

  async obey(order: Order): Promise<Report> {
    switch (order.type) {
      case 'say-points':
        return { type: 'points', points: this.#passed };
      case 'say-when-reached':
        await this.#reached.opened;
        return { type: 'reached' };
      case 'go-on':
        this.#released.open();
        return { type: 'went-on' };
      case 'begin':
        this.#begin.open();
        return { type: 'begins' };
    }
  }

  readonly interceptors: ActivityInterceptorsFactory = (context) => ({
    inbound: {
      execute: async (input, next) => {
        const { activityType, attempt: number } = context.info;
        const calls = aboutsOf(input.args[0]).map((about) => this.#called(activityType, about, number));
        const attempt = { number, calls, places: { between: 0, within: 0 } };
        this.#listen(context, attempt);
        await this.#pass(attempt, { moment: 'before', place: 0 });
        const result = await this.#attempts.run(attempt, () => next(input));
        await this.#pass(attempt, { moment: 'after', place: 0 });
        return result;
      },
    },
  });

  /** A second attempt is no call of its own: an undisturbed run has none. */
  #called(activity: string, about: string, attempt: number): Call {
    const key = `${activity} ${about}`;
    const nth = (this.#calls.get(key) ?? 0) + (attempt === 1 ? 1 : 0);
    this.#calls.set(key, nth);
    return { activity, about, nth };
  }

  /** An adapter that says how far it is stands between two of its effects. */
  #listen(context: Context, attempt: Attempt): void {
    // The watch of an environment says what it sees, which is no progress.
    if (context.info.activityType === 'watchEnvironment') return;
    const { heartbeat } = context;
    let last = '{}';
    Object.assign(context, {
      heartbeat: (details?: unknown) => {
        heartbeat(details);
        const said = JSON.stringify(details ?? {});
        // Who waits for others has got no further.
        if (said === last || said === '{}' || said.startsWith('{"waits":')) return;
        last = said;
        attempt.places.between += 1;
        void this.#pass(attempt, { moment: 'between', place: attempt.places.between });
      },
    });
  }

  #write({ moment }: FileEvent): void {
    const attempt = this.#attempts.getStore();
    if (!attempt) return;
    attempt.places.within += 1;
    void this.#pass(attempt, { moment: 'within', place: attempt.places.within, write: moment });
  }

  /** Dies before it returns, if it is to die here: what comes next must not happen. */
  async #pass(attempt: Attempt, passage: Passage): Promise<void> {
    const points = attempt.calls.map((call) => ({ ...call, ...passage }));
    // A batch is named by its last event: where it begins is a matter of time, but the last of all always ends.
    if (attempt.number === 1) this.#passed.push(...points.slice(-1));
    const strike = this.#strike;
    if (!strike || !points.some((point) => isMeant(strike.aim, point, attempt.number))) return;
    if (strike.how === 'die') process.kill(process.pid, 'SIGKILL');
    this.#reached.open();
    await this.#released.opened;
  }
}

function isMeant(aim: Aim, point: Point, attempt: number): boolean {
  switch (aim.type) {
    case 'point':
      return attempt === 1 && isSame(aim.point, point);
    case 'next-attempt':
      return (
        attempt > 1 &&
        point.activity === aim.activity &&
        point.about === aim.about &&
        point.moment === aim.moment
      );
    case 'first-activity':
      return true;
  }
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
