import type { Look } from '../../src/engine/state/look.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import type { Calls } from './calls.js';
import type { RolloutWatch } from './rollout-watch.js';

/** What calling about orphans needs. */
export interface RaisedOrphansTools extends Pick<Calls, 'notify' | 'byHand' | 'raised'> {
  warn(message: string, error: unknown): void;
}

/** Calls somebody, once, when an orphan's target is raised by somebody else: there is no rollout that would act on it. */
export class RaisedOrphans {
  readonly #tools: RaisedOrphansTools;

  constructor(tools: RaisedOrphansTools) {
    this.#tools = tools;
  }

  /** Returns at once. Of one that is as it was left again, a later raise is news. */
  see({ subscriber, looks }: Pick<RolloutWatch, 'subscriber' | 'looks'>): void {
    if (subscriber.orphan === undefined) return;
    const { raised } = this.#tools;
    for (const look of looks) {
      const key = `${subscriber.rollout} ${look.target}`;
      if (look.verdict === 'as-left' || look.verdict === 'unwritten') raised.delete(key);
      if (look.verdict !== 'raised' || raised.has(key)) continue;
      raised.add(key);
      void this.#call(subscriber, look).catch((error: unknown) => {
        // It is seen again in a moment.
        raised.delete(key);
        this.#tools.warn(`nobody could be told that ${look.target} of an orphan is raised`, error);
      });
    }
  }

  async #call({ rollout }: Watched, { target, percent, reason }: Look): Promise<void> {
    const ways = await this.#tools.byHand(rollout).catch(() => []);
    await this.#tools.notify({
      rollout,
      urgency: 'incident',
      text: `${target} of ${rollout}, an orphan, is raised, and nobody takes it back: ${reason}`,
      ...(percent !== undefined && { exposure: percent }),
      todo: [`switchback rescue ${rollout}`, ...ways],
    });
  }
}
