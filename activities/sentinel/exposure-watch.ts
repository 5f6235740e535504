import type { Look } from '../../src/engine/state/look.js';
import type { ExposedOf } from '../../src/protocol/adapter.js';
import type { Outbox } from './outbox.js';
import { Alarm } from './alarm.js';
import type { RaisedOrphans } from './raised-orphans.js';
import type { Watchlist } from './watchlist.js';

/** How often exposed targets are looked at, in milliseconds. */
const lookEvery = 500;

/** Looks at exposed targets, in order; leaves out those of which nothing can be said now. Never rejects. */
export type LookAt = (
  exposed: readonly ExposedOf[],
  signal: AbortSignal,
) => Promise<readonly (Look | undefined)[]>;

/** What looking at exposed targets needs. */
export interface ExposureTools {
  readonly list: Watchlist;
  readonly lookAt: LookAt;
  readonly outbox: Pick<Outbox, 'post'>;
  /** Hears how the targets of a subscription stand. */
  readonly orphans: Pick<RaisedOrphans, 'see'>;
  readonly signal: AbortSignal;
}

/** Looks at everything that is exposed in an environment, all of it at each tick. */
export class ExposureWatch {
  readonly #alarm: Alarm;
  #stopped = false;
  readonly #tools: ExposureTools;

  constructor(tools: ExposureTools) {
    this.#tools = tools;
    this.#alarm = new Alarm(tools.signal);
  }

  /** Looks until it is stopped or the work ends. Never rejects. */
  async run(): Promise<void> {
    while (!this.#stopped && !this.#tools.signal.aborted) {
      await this.#look();
      await this.#alarm.wait(lookEvery);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.ring();
  }

  async #look(): Promise<void> {
    const { list, lookAt, outbox, orphans, signal } = this.#tools;
    const asked = list.watches.flatMap((watch) =>
      (watch.subscriber.exposed ?? []).map((exposed) => {
        return { watch, exposed: { ...exposed, rollout: exposed.of ?? watch.subscriber.rollout } };
      }),
    );
    if (asked.length === 0) return;
    const looks = await lookAt(
      asked.map(({ exposed }) => exposed),
      signal,
    );
    const now = Date.now();
    for (const [index, { watch }] of asked.entries()) watch.see(looks[index]);
    for (const watch of new Set(asked.map((one) => one.watch))) {
      // It may have left while the stores were read.
      if (!list.has(watch.subscriber)) continue;
      orphans.see(watch);
      const message = watch.signalNow(now);
      if (message !== undefined) outbox.post(watch.subscriber, message);
    }
  }
}
