import type { EvidenceSignal, Watched } from '../../src/analysis/sentinel.js';
import { Alarm } from './pause.js';

/** How a signal reaches a rollout. */
export interface Delivery {
  /** Rejects when the signal did not arrive; answers `gone` when the run has ended. */
  send(subscriber: Watched, signal: EvidenceSignal): Promise<'sent' | 'gone'>;
  /** The run of a subscriber has ended. */
  gone(subscriber: Watched): Promise<void>;
  /** Whether a subscriber still wants its signals. */
  wanted(subscriber: Watched): boolean;
  warn(message: string, error: unknown): void;
}

const firstPause = 100;
const longestPause = 2_000;

/** Signals in order within a subscription, all subscriptions at once, each until it arrives or is not wanted any more. */
export class Outbox {
  readonly #queues = new Map<Watched, Promise<void>>();

  constructor(
    private readonly delivery: Delivery,
    private readonly signal: AbortSignal,
  ) {}

  /** Returns at once. */
  post(subscriber: Watched, message: EvidenceSignal): void {
    const before = this.#queues.get(subscriber) ?? Promise.resolve();
    const queue = before.then(() => this.#deliver(subscriber, message));
    this.#queues.set(subscriber, queue);
    void queue.then(() => {
      if (this.#queues.get(subscriber) === queue) this.#queues.delete(subscriber);
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async #deliver(subscriber: Watched, message: EvidenceSignal): Promise<void> {
    const alarm = new Alarm(this.signal);
    let pause = firstPause;
    while (!this.signal.aborted && this.delivery.wanted(subscriber)) {
      try {
        if ((await this.delivery.send(subscriber, message)) === 'gone') await this.delivery.gone(subscriber);
        return;
      } catch (error) {
        if (this.signal.aborted) return;
        this.delivery.warn(`rollout ${subscriber.rollout} could not be signalled`, error);
        await alarm.wait(pause);
        pause = Math.min(pause * 2, longestPause);
      }
    }
  }
}
