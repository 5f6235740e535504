import type { NoticeEvent } from './event.js';

/** A notice on its way to one channel. */
export interface Delivery {
  readonly channel: string;
  readonly event: NoticeEvent;
  /** How often it was tried before. */
  readonly tries: number;
}

/** A notice that a channel did not take. */
export interface DeadDelivery {
  readonly id: string;
  readonly channel: string;
  readonly rollout: string;
  readonly at: string;
  readonly tries: number;
  readonly fault: string;
}

/** What people are to be told: it survives the worker that was told first. */
export interface NoticeStore {
  /** Keeps a notice for these channels; the same id again changes nothing. */
  put(event: NoticeEvent, channels: readonly string[]): Promise<void>;
  /** What is to be tried now, oldest first, each given to one worker for `lease` ms. What a rollout said before comes before. */
  due(channels: readonly string[], lease: number): Promise<readonly Delivery[]>;
  sent(delivery: Delivery): Promise<void>;
  /** @param again in so many milliseconds; when absent nobody tries it again by himself */
  failed(delivery: Delivery, fault: string, again: number | undefined): Promise<void>;
  /** What no channel took, newest first. */
  dead(): Promise<readonly DeadDelivery[]>;
  /** Tries dead ones again, all or those with an id; answers how many. */
  sendAgain(id?: string): Promise<number>;
}
