import type { Notice } from '../../src/engine/state/values.js';
import { sentinelId } from '../../src/protocol/sentinel.js';
import { rootMessage } from '../temporal/failures.js';
import { listed, type Exposed } from './exposed.js';
import type { WatchPost } from './post.js';
import type { RolloutWatch } from './rollout-watch.js';

/** Milliseconds without an answer of Temporal's after which people hear of it. */
const silentAfter = 5_000;

/** What telling of an outage needs. */
export interface OutageTools {
  readonly environment: string;
  readonly post: WatchPost;
  notify(notice: Notice): Promise<void>;
  exposedAmong(rollouts: readonly string[]): Promise<readonly Exposed[]>;
  byHand(rollout: string): Promise<readonly string[]>;
  warn(message: string, error: unknown): void;
}

/**
 * Tells people that Temporal cannot be reached while somebody is exposed: nothing is taken back then. Whoever watches
 * says how the guards stand now, and again when one begins to fail; others say what the records know.
 */
export class Outage {
  /** Rollouts that ran when Temporal answered last. */
  known: readonly string[] = [];
  #since: number | undefined;
  #called = false;
  readonly #failing = new Set<string>();
  readonly #tools: OutageTools;

  constructor(tools: OutageTools) {
    this.#tools = tools;
  }

  /** Temporal did not answer since a moment of this process's own clock. Never rejects. */
  async silent(error: unknown, since: number): Promise<void> {
    this.#since ??= since;
    const silence = performance.now() - this.#since;
    if (silence < silentAfter) return;
    try {
      const exposed = await this.#exposed();
      const news = exposed.filter(({ rollout, fails }) => fails && !this.#failing.has(rollout));
      if (exposed.length === 0 || (this.#called && news.length === 0)) return;
      await this.#call(exposed, Math.round(silence / 1_000), rootMessage(error));
      for (const { rollout } of news) this.#failing.add(rollout);
      this.#called = true;
    } catch (failure) {
      this.#tools.warn('nobody could be told that Temporal is silent', failure);
    }
  }

  /** Temporal answers. Never rejects. */
  async answered(): Promise<void> {
    const since = this.#since;
    this.#since = undefined;
    this.#failing.clear();
    if (!this.#called || since === undefined) return;
    this.#called = false;
    const text = `Temporal answers again, after ${Math.round((performance.now() - since) / 1_000)} s: rollouts go on where they were`;
    const rollout = sentinelId(this.#tools.environment);
    await this.#tools
      .notify({ rollout, urgency: 'news', kind: 'temporal-silent', text })
      .catch((failure: unknown) => this.#tools.warn('nobody could be told that Temporal answers', failure));
  }

  async #exposed(): Promise<readonly Exposed[]> {
    const { watches } = this.#tools.post;
    if (watches === undefined) return this.#tools.exposedAmong(this.known);
    const exposed = watches.filter(({ subscriber }) => subscriber.percent > 0);
    return Promise.all(exposed.map((watch) => this.#seen(watch)));
  }

  async #seen({ subscriber: { rollout, percent }, readings }: RolloutWatch): Promise<Exposed> {
    const failing = readings.filter(({ verdict }) => verdict === 'fail');
    const unclear = readings.filter(({ verdict }) => verdict !== 'fail' && verdict !== 'pass');
    const [worst] = [...failing, ...unclear];
    const guards =
      worst === undefined ? 'its guards pass now' : `guard ${worst.guard}: ${worst.verdict}, ${worst.reason}`;
    const byHand = await this.#tools.byHand(rollout).catch(() => []);
    return { rollout, percent, guards, fails: failing.length > 0, byHand };
  }

  async #call(exposed: readonly Exposed[], seconds: number, error: string): Promise<void> {
    const { environment, notify, post } = this.#tools;
    const fails = exposed.some((one) => one.fails);
    const source = post.watches === undefined ? ', by what the records say' : '';
    await notify({
      rollout: sentinelId(environment),
      urgency: 'incident',
      kind: 'temporal-silent',
      exposure: Math.max(...exposed.map(({ percent }) => percent)),
      text:
        `Temporal does not answer for ${seconds} s (${error}), and people of ${environment} have ` +
        `${fails ? 'a candidate that fails' : 'the candidate'}${source}: ${listed(exposed)}. ` +
        'Nothing is taken back until it answers',
      todo: [
        'bring Temporal back: rollouts go on, and roll back where a guard fails',
        ...exposed.flatMap(({ rollout, byHand }) => byHand.map((line) => `${rollout}: ${line}`)),
      ],
    });
  }
}
