import type { Client } from '@temporalio/client';
import { translate } from '../../activities/temporal/failures.js';

/** The calls to Temporal of one connection: each ends in time, and closing waits for those under way. */
export class Calls {
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  readonly #client: Client;
  /** The server, for messages. */
  readonly #server: string;

  constructor(client: Client, server: string) {
    this.#client = client;
    this.#server = server;
  }

  /** Fires when the connection is about to close. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Makes a call that has so many milliseconds. Throws what Temporal's client throws. */
  async make<T>(ms: number, call: () => Promise<T>): Promise<T> {
    const made = this.#client.withDeadline(Date.now() + ms, call);
    this.#underWay.add(made);
    try {
      return await made;
    } finally {
      this.#underWay.delete(made);
    }
  }

  /** Makes a call; its errors are in the words of our users. */
  async translated<T>(ms: number, call: () => Promise<T>): Promise<T> {
    try {
      return await this.make(ms, call);
    } catch (error) {
      throw translate(error, this.#server);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // The client retries a call that a closed channel cuts off, on that channel, and that ends the process.
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    await this.#client.connection.close();
  }
}
