import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { aboutsOf } from './about.js';
import { isSame, type Moment, type Point } from './point.js';
import type { Order, Report, Strike } from './protocol.js';

type Call = Pick<Point, 'activity' | 'about' | 'nth'>;

/** Counts the points that activities pass, and strikes at one of them; lives in the worker's process. */
export class Striker {
  private readonly passed: Point[] = [];
  private readonly calls = new Map<string, number>();
  private readonly reached = gate();
  private readonly released = gate();
  private readonly begin = gate();
  /** Settles when the worker is told to begin. */
  readonly begun = this.begin.opened;

  constructor(private readonly strike: Strike | undefined) {}

  async obey(order: Order): Promise<Report> {
    switch (order.type) {
      case 'say-points':
        return { type: 'points', points: this.passed };
      case 'say-when-reached':
        await this.reached.opened;
        return { type: 'reached' };
      case 'go-on':
        this.released.open();
        return { type: 'went-on' };
      case 'begin':
        this.begin.open();
        return { type: 'begins' };
    }
  }

  readonly interceptors: ActivityInterceptorsFactory = (context) => ({
    inbound: {
      execute: async (input, next) => {
        const { activityType, attempt } = context.info;
        // A second attempt is no call of its own: an undisturbed run has none.
        if (attempt > 1) return next(input);
        const calls = aboutsOf(input.args[0]).map((about) => this.called(activityType, about));
        this.listen(context, calls);
        await this.pass(calls, 'before');
        const result = await next(input);
        await this.pass(calls, 'after');
        return result;
      },
    },
  });

  private called(activity: string, about: string): Call {
    const key = `${activity} ${about}`;
    const nth = (this.calls.get(key) ?? 0) + 1;
    this.calls.set(key, nth);
    return { activity, about, nth };
  }

  /** An adapter that says how far it is stands between two of its effects. */
  private listen(context: Context, calls: readonly Call[]): void {
    // The watch of an environment says what it sees, which is no progress.
    if (context.info.activityType === 'watchEnvironment') return;
    const { heartbeat } = context;
    let last = '{}';
    let place = 0;
    Object.assign(context, {
      heartbeat: (details?: unknown) => {
        heartbeat(details);
        const said = JSON.stringify(details ?? {});
        if (said === last) return;
        last = said;
        place += 1;
        void this.pass(calls, 'between', place);
      },
    });
  }

  private async pass(calls: readonly Call[], moment: Moment, place = 0): Promise<void> {
    const { strike } = this;
    const points = calls.map((call) => ({ ...call, moment, place }));
    // A batch is named by its last event: where it begins is a matter of time, but the last of all always ends.
    this.passed.push(...points.slice(-1));
    if (!strike || !points.some((point) => isSame(strike.at, point))) return;
    if (strike.how === 'die') process.kill(process.pid, 'SIGKILL');
    this.reached.open();
    await this.released.opened;
  }
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
