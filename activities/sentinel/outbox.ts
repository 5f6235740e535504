import { isAlarming, type EvidenceSignal } from '../../src/protocol/sentinel.js';
import { Alarm } from './alarm.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** How a signal reaches a rollout. */
export interface Delivery {
  /** Rejects when the signal did not arrive; answers `gone` when the rollout does not run. */
  send(subscriber: Watched, signal: EvidenceSignal): Promise<'sent' | 'gone'>;
  /** The rollout of a subscriber does not run. */
  gone(subscriber: Watched): Promise<void>;
  /** Whether a subscriber still wants its signals. */
  wanted(subscriber: Watched): boolean;
  warn(message: string, error: unknown): void;
}

/** What waits for one subscriber, oldest first. */
interface Post {
  readonly subscriber: Watched;
  readonly messages: EvidenceSignal[];
  sending: boolean;
}

/** Ordinary signals under way at a time: thousands at once would only time out, and breaches among them. */
const ordinaryAtOnce = 32;
/** Failures in a row after which an ordinary signal lets others pass. */
const patience = 5;
const firstPause = 100;
const longestPause = 2_000;

/**
 * Signals in order within a subscription, each until it arrives or is not wanted any more. A breach is sent at once,
 * however many there are; everything else a few at a time. Of what is no breach only the newest is sent: each signal
 * has the newest reading of every guard.
 */
export class Outbox {
  readonly #posts = new Map<Watched, Post>();
  readonly #line = new Set<Post>();
  readonly #sending = new Set<Promise<void>>();
  #ordinary = 0;
  readonly #delivery: Delivery;
  readonly #signal: AbortSignal;

  constructor(delivery: Delivery, signal: AbortSignal) {
    this.#delivery = delivery;
    this.#signal = signal;
  }

  /** Returns at once. */
  post(subscriber: Watched, message: EvidenceSignal): void {
    const post = this.#posts.get(subscriber) ?? { subscriber, messages: [], sending: false };
    this.#posts.set(subscriber, post);
    const newest = post.messages.at(-1);
    if (newest !== undefined && !isAlarming(newest)) post.messages.pop();
    post.messages.push(message);
    if (post.sending) return;
    if (isAlarming(message)) {
      this.#line.delete(post);
      this.#start(post, () => undefined);
    } else {
      this.#line.add(post);
      this.#advance();
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  #advance(): void {
    for (const post of this.#line) {
      if (this.#ordinary >= ordinaryAtOnce) return;
      this.#line.delete(post);
      this.#ordinary += 1;
      this.#start(post, () => {
        this.#ordinary -= 1;
        this.#advance();
      });
    }
  }

  #start(post: Post, ended: () => void): void {
    post.sending = true;
    const sending = this.#deliver(post).finally(() => {
      post.sending = false;
      this.#sending.delete(sending);
      if (post.messages.length > 0) this.#line.add(post);
      else this.#posts.delete(post.subscriber);
      ended();
    });
    this.#sending.add(sending);
  }

  /** Returns when nothing is left to send, or when others should pass. */
  async #deliver({ subscriber, messages }: Post): Promise<void> {
    const alarm = new Alarm(this.#signal);
    let pause = firstPause;
    for (let failures = 0; ;) {
      const [message] = messages;
      if (message === undefined) return;
      if (this.#signal.aborted || !this.#delivery.wanted(subscriber)) return void messages.splice(0);
      try {
        messages.shift();
        if ((await this.#delivery.send(subscriber, message)) === 'gone')
          await this.#delivery.gone(subscriber);
        pause = firstPause;
        failures = 0;
      } catch (error) {
        if (isAlarming(message) || messages.length === 0) messages.unshift(message);
        if (this.#signal.aborted) continue;
        this.#delivery.warn(`rollout ${subscriber.rollout} could not be signalled`, error);
        await alarm.wait(pause);
        pause = Math.min(pause * 2, longestPause);
        if (++failures >= patience && !messages.some(isAlarming)) return;
      }
    }
  }
}
