import type { Notice } from '../../src/engine/state/values.js';
import type { EvidenceSignal } from '../../src/protocol/sentinel.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import { obstacleOf, type Obstacle } from '../temporal/obstacle.js';
import type { Health } from '../temporal/health.js';
import { Alarm } from './alarm.js';

const lookEvery = 1_000;
/** Milliseconds that a rollout has to act on a breach. One that stands still for good has none. */
const actsWithin = 4_000;

/** What following breaches needs. */
export interface UntakenTools {
  health(workflowId: string): Promise<Health>;
  /** Tells people, without Temporal. */
  notify(notice: Notice): Promise<void>;
  /** How the rollout's exposure can be taken back by hand, a line for each way. */
  byHand(rollout: string): Promise<readonly string[]>;
  /** Whether this subscription is watched still: one that rolls back has another. */
  wanted(subscriber: Watched): boolean;
  readonly signal: AbortSignal;
  warn(message: string, error: unknown): void;
}

/** A breach that was found, and whether the server took it. */
interface Breach {
  readonly subscriber: Watched;
  readonly reason: string;
  readonly foundAt: number;
  sent: boolean;
  refusal?: string;
}

/** Sees to it that somebody is called when a rollout does not act on a breach, whatever keeps it from that. */
export class Untaken {
  readonly #breaches = new Map<Watched, Breach>();
  readonly #tools: UntakenTools;
  /** Subscriptions about which somebody was called, and when their breach was found; outlives an attempt of the activity. */
  readonly #called: Map<string, number>;
  /** Rollouts of which somebody knows that they stand still. */
  readonly #standing: Set<string>;

  constructor(tools: UntakenTools, called: Map<string, number>, standing: Set<string>) {
    this.#tools = tools;
    this.#called = called;
    this.#standing = standing;
  }

  /** Passes on how sending ends; of a breach it is found out whether its rollout acts on it. */
  async followed<R>(subscriber: Watched, message: EvidenceSignal, sending: Promise<R>): Promise<R> {
    const breach = this.#breachOf(subscriber, message);
    try {
      const result = await sending;
      if (breach) breach.sent = true;
      return result;
    } catch (error) {
      if (breach) breach.refusal = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  #breachOf(subscriber: Watched, { readings }: EvidenceSignal): Breach | undefined {
    const known = this.#breaches.get(subscriber);
    const failed = readings.find(({ verdict }) => verdict === 'fail');
    if (known || failed === undefined || subscriber.percent === 0) return known;
    const breach = { subscriber, reason: failed.reason, foundAt: performance.now(), sent: false };
    this.#breaches.set(subscriber, breach);
    void this.#follow(breach).finally(() => this.#breaches.delete(subscriber));
    return breach;
  }

  /** Until the rollout has acted on it. Never rejects. */
  async #follow(breach: Breach): Promise<void> {
    const alarm = new Alarm(this.#tools.signal);
    for (;;) {
      await alarm.wait(lookEvery);
      if (this.#tools.signal.aborted) return;
      const obstacle = await this.#obstacle(breach);
      if (obstacle === undefined) return this.#taken(breach);
      if (obstacle.forGood || performance.now() - breach.foundAt >= actsWithin) {
        await this.#call(breach, obstacle);
      }
    }
  }

  async #obstacle({ subscriber, sent, refusal }: Breach): Promise<Obstacle | undefined> {
    if (!this.#tools.wanted(subscriber)) return undefined;
    if (!sent) {
      const why = refusal ?? 'it does not answer';
      return { forGood: false, is: `Temporal does not take the signal: ${why}`, todo: [] };
    }
    try {
      return obstacleOf(subscriber.workflowId, await this.#tools.health(subscriber.workflowId));
    } catch (error) {
      return { forGood: false, is: `Temporal does not say how it stands: ${String(error)}`, todo: [] };
    }
  }

  async #call({ subscriber, reason, foundAt }: Breach, obstacle: Obstacle): Promise<void> {
    const { rollout, percent } = subscriber;
    if (this.#called.has(keyOf(subscriber))) return;
    this.#called.set(keyOf(subscriber), foundAt);
    // Nobody is to be called twice about one thing.
    this.#standing.add(rollout);
    const text = `${percent} % have a candidate that fails, and its rollout does not act on it: ${obstacle.is}. ${reason}`;
    const byHand = await this.#tools.byHand(rollout).catch(() => []);
    const todo = [...obstacle.todo, ...byHand];
    await this.#notify({
      rollout,
      urgency: 'incident',
      kind: 'breach-not-taken',
      exposure: percent,
      text,
      todo,
    });
  }

  async #taken({ subscriber }: Breach): Promise<void> {
    const foundAt = this.#called.get(keyOf(subscriber));
    this.#called.delete(keyOf(subscriber));
    if (foundAt === undefined) return;
    const seconds = Math.round((performance.now() - foundAt) / 1_000);
    const text = `its rollout acts on the breach now, after ${seconds} s`;
    await this.#notify({ rollout: subscriber.rollout, urgency: 'news', kind: 'breach-not-taken', text });
  }

  async #notify(notice: Notice): Promise<void> {
    await this.#tools
      .notify(notice)
      .catch((error: unknown) => this.#tools.warn(`nobody could be told: ${notice.text}`, error));
  }
}

function keyOf({ rollout, number, since }: Watched): string {
  return `${rollout} ${number} ${since}`;
}
