import type { Notice } from '../../src/engine/state/values.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import { obstacleOf, type Obstacle } from '../temporal/obstacle.js';
import type { Health } from '../temporal/health.js';
import { Alarm } from './alarm.js';
import type { Watchlist } from './watchlist.js';

/** How many are asked for at each look: all of them come in turn. */
const atOnce = 20;

/** What looking for rollouts that stand still needs. */
export interface StandstillTools {
  readonly list: Watchlist;
  /** Milliseconds between looks. */
  readonly every: number;
  readonly signal: AbortSignal;
  health(workflowId: string): Promise<Health>;
  /** The workflow of a rollout has ended, or is not there any more. */
  gone(subscriber: Watched): Promise<void>;
  /** Tells people, without Temporal. */
  notify(notice: Notice): Promise<void>;
  byHand(rollout: string): Promise<readonly string[]>;
  warn(message: string, error: unknown): void;
}

/**
 * Looks for rollouts with people exposed that could not act on a breach: paused in Temporal, broken, without a worker, or
 * deleted. Somebody is called before there is a breach.
 */
export class Standstill {
  readonly #alarm: Alarm;
  readonly #waiting = new Map<string, number>();
  #next = 0;
  #stopped = false;
  readonly #tools: StandstillTools;
  /** Rollouts about which somebody was called; outlives an attempt of the activity. */
  readonly #called: Set<string>;

  constructor(tools: StandstillTools, called: Set<string>) {
    this.#tools = tools;
    this.#called = called;
    this.#alarm = new Alarm(tools.signal);
  }

  /** Looks until it is stopped or the work ends. Never rejects. */
  async run(): Promise<void> {
    while (!this.#stopped && !this.#tools.signal.aborted) {
      await this.#alarm.wait(this.#tools.every);
      for (const subscriber of this.#someExposed()) {
        if (this.#stopped || this.#tools.signal.aborted) return;
        await this.#lookAt(subscriber).catch((error: unknown) => {
          if (!this.#tools.signal.aborted)
            this.#tools.warn(`it could not be seen whether ${subscriber.rollout} can act`, error);
        });
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.ring();
  }

  #someExposed(): readonly Watched[] {
    const exposed = this.#tools.list.watched.filter(
      ({ percent, orphan }) => percent > 0 && orphan === undefined,
    );
    const start = exposed.length > atOnce ? this.#next % exposed.length : 0;
    this.#next = start + atOnce;
    return [...exposed, ...exposed].slice(start, start + Math.min(atOnce, exposed.length));
  }

  async #lookAt(subscriber: Watched): Promise<void> {
    const { rollout, workflowId } = subscriber;
    const health = await this.#tools.health(workflowId);
    if (health.state === 'absent' || health.state === 'ended') return this.#tools.gone(subscriber);
    const obstacle = obstacleOf(workflowId, health);
    // The next look tells whether it is the same thing that waits still.
    const before = this.#waiting.get(rollout);
    if (health.state === 'waiting') this.#waiting.set(rollout, health.since);
    else this.#waiting.delete(rollout);
    if (obstacle === undefined) return this.#goesOn(rollout);
    if (!obstacle.forGood && (health.state !== 'waiting' || before !== health.since)) return;
    await this.#call(subscriber, obstacle);
  }

  async #call({ rollout, percent }: Watched, { is, todo }: Obstacle): Promise<void> {
    if (this.#called.has(rollout)) return;
    this.#called.add(rollout);
    const text = `${percent} % have the candidate, and nothing would take it back: ${is}`;
    const byHand = await this.#tools.byHand(rollout).catch(() => []);
    await this.#tools.notify({
      rollout,
      urgency: 'incident',
      kind: 'stands-still',
      exposure: percent,
      text,
      todo: [...todo, ...byHand],
    });
  }

  async #goesOn(rollout: string): Promise<void> {
    if (!this.#called.delete(rollout)) return;
    await this.#tools.notify({
      rollout,
      urgency: 'news',
      kind: 'stands-still',
      text: 'its workflow goes on',
    });
  }
}
