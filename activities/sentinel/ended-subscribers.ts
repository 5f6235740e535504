import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { locksId, locksNames, type Ending, type LookSignal } from '../../src/protocol/locks.js';
import { sentinelNames, type Leaving, type OrphanSignal } from '../../src/protocol/sentinel.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import { endingsOf } from '../temporal/endings.js';

/** What telling of ended rollouts needs. */
export interface EndedSubscribersTools {
  readonly client: Client;
  readonly environment: string;
  /** The workflow that keeps who is watched. */
  readonly sentinel: Pick<WorkflowHandle, 'signal'>;
  /** A call to the server that ends in time. */
  within<T>(call: () => Promise<T>): Promise<T>;
  /** Stops watching at once. */
  drop(subscriber: Watched): void;
}

/** Passes on that a watched rollout has ended, or runs after all, to those who go by it: sentinel and locks. */
export class EndedSubscribers {
  readonly #tools: EndedSubscribersTools;

  constructor(tools: EndedSubscribersTools) {
    this.#tools = tools;
  }

  /** Takes off who ended by itself; marks an orphan, or one that is none any more. */
  found = async (subscriber: Watched, ending: Ending): Promise<void> => {
    const { rollout, number, since, chain } = subscriber;
    const of = { rollout, as: { number, since }, ...(chain !== undefined && { chain }) };
    if (ending.ended === 'by-itself') {
      await this.#tell<Leaving>(sentinelNames.unsubscribe, of);
      return this.#tools.drop(subscriber);
    }
    const reason = ending.ended === 'from-outside' ? { reason: ending.reason } : {};
    // The locks first: once it is marked, nobody finds it again.
    await this.#tellLocks({ rollout });
    await this.#tell<OrphanSignal>(sentinelNames.orphan, { ...of, at: Date.now(), ...reason });
  };

  /** Finds out how it ended, and passes that on. Throws when it runs. */
  gone = async (subscriber: Watched): Promise<void> => {
    const { client, within } = this.#tools;
    const [ending] = await within(() => endingsOf(client, [subscriber.workflowId]));
    if (ending === undefined || ending.ended === 'open')
      throw new Error('its workflow was not found, but runs');
    await this.found(subscriber, ending);
  };

  #tell<T>(name: string, message: T): Promise<void> {
    const { within, sentinel } = this.#tools;
    return within(() => sentinel.signal<[T]>(name, message));
  }

  async #tellLocks(look: LookSignal): Promise<void> {
    const { client, environment, within } = this.#tools;
    const locks = client.workflow.getHandle(locksId(environment));
    await within(() => locks.signal<[LookSignal]>(locksNames.look, look)).catch((error: unknown) => {
      // Where nobody keeps locks there is none to mark.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
  }
}
