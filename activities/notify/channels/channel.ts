import type { NoticeEvent } from '../event.js';

/** A way to tell people, or a program of theirs. */
export interface Channel {
  /**
   * Says it once more: whoever is told may hear it twice, under the same id.
   *
   * @throws Undeliverable when trying again cannot help, any other error when it may
   */
  deliver(event: NoticeEvent, signal: AbortSignal): Promise<void>;
}

/** Nobody will ever take it as it is. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable';
}

/** Milliseconds after which a channel that does not answer counts as failed. */
export const answersWithin = 10_000;
