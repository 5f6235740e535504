import type { Notice } from '../../src/engine/state/values.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import type { Health } from '../temporal/health.js';
import { standingOf } from '../temporal/standing.js';

const lookEvery = 10_000;
/** Milliseconds after which it is known whether the activity goes on: when not, another call says both. */
const calledAfter = 12_000;
/** Someone who was called and did not come is called again. */
const callAgainAfter = 1_800_000;

const means =
  'who is watched does not change any more: whoever exposes somebody next is not watched, and nobody is once its worker ends';

/** What looking whether the sentinel's workflow goes on needs. */
export interface SentinelStandingTools {
  readonly environment: string;
  /** Tells people, without Temporal. */
  notify(notice: Notice): Promise<void>;
  /** How the sentinel's workflow stands. */
  health(): Promise<Health>;
}

/** Calls somebody, once, when the sentinel's workflow is paused or broken while its activity goes on. */
export class SentinelStanding {
  readonly #tools: SentinelStandingTools;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #since: number | undefined;
  #calledAt: number | undefined;

  constructor(tools: SentinelStandingTools) {
    this.#tools = tools;
  }

  /** Somebody was called about more than this: that nobody watches. */
  calledOtherwise(): void {
    this.#calledAt = performance.now();
  }

  /** Throws when the server does not say. */
  async look(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedAt < lookEvery) return;
    this.#lookedAt = now;
    const { environment, notify, health } = this.#tools;
    const sentinel = sentinelId(environment);
    const standing = standingOf(sentinel, { name: 'sentinel', environment }, await health());
    if (standing === undefined) {
      this.#since = undefined;
      this.#calledAt = undefined;
      return;
    }
    this.#since ??= now;
    const called = this.#calledAt !== undefined && now - this.#calledAt < callAgainAfter;
    if (called || now - this.#since < calledAfter) return;
    const text = `${standing.is}: ${means}. ${standing.fix}`;
    // Whoever could not be told is told at the next look.
    await notify({ rollout: sentinel, urgency: 'incident', text }).then(
      () => (this.#calledAt = now),
      () => undefined,
    );
  }
}
