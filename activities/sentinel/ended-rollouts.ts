import type { Client } from '@temporalio/client';
import type { Ending } from '../../src/protocol/locks.js';
import { endingsOf } from '../temporal/endings.js';
import { Alarm } from './alarm.js';
import type { Watchlist } from './watchlist.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** The list of workflows lags behind their end, and a subscription may arrive after it; in milliseconds. */
const overlap = 120_000;
/** Milliseconds that a list may take: the first covers the time since the oldest subscription. */
const listWithin = 60_000;
/** Orphans that are asked for at each look: one may run again after a reset. */
const orphansAtOnce = 20;

/** What looking around needs. */
export interface EndedRolloutsTools {
  readonly client: Client;
  readonly environment: string;
  readonly list: Watchlist;
  /** Milliseconds between looks. */
  readonly every: number;
  readonly signal: AbortSignal;
  /** A call to the server that ends in time: after `ms` milliseconds, or a few seconds. */
  within<T>(call: () => Promise<T>, ms?: number): Promise<T>;
  /** Hears how a rollout ended, or that an orphan runs. */
  found(subscriber: Watched, ending: Ending): Promise<void>;
  warn(message: string, error: unknown): void;
}

/** Looks for rollouts that ended without leaving: one question for all of them. */
export class EndedRollouts {
  readonly #alarm: Alarm;
  #closedSince: number | undefined;
  #nextOrphan = 0;
  #stopped = false;
  readonly #tools: EndedRolloutsTools;

  constructor(tools: EndedRolloutsTools) {
    this.#tools = tools;
    this.#alarm = new Alarm(tools.signal);
  }

  /** Looks until it is stopped or the work ends. Never rejects. */
  async run(): Promise<void> {
    while (!this.#stopped && !this.#tools.signal.aborted) {
      await this.#alarm.wait(this.#tools.every);
      try {
        await this.#look();
      } catch (error) {
        if (!this.#tools.signal.aborted)
          this.#tools.warn('it could not be seen which rollouts have ended', error);
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.ring();
  }

  async #look(): Promise<void> {
    const { list, within } = this.#tools;
    const { watched } = list;
    const orphans = watched.filter(({ orphan }) => orphan !== undefined);
    const alive = new Map(watched.map((subscriber) => [subscriber.workflowId, subscriber]));
    for (const { workflowId } of orphans) alive.delete(workflowId);

    const began = Date.now();
    if (alive.size > 0) {
      const since = this.#closedSince ?? Math.min(...watched.map(({ since }) => since));
      const closed = await within(() => this.#closedAmong(alive, since - overlap), listWithin);
      // Of a rollout that was reset, only an older run has ended.
      await this.#tell([...closed], ({ ended }) => ended !== 'open');
      this.#closedSince = began;
    }
    await this.#tell(this.#someOf(orphans), ({ ended }) => ended !== 'from-outside');
  }

  /** Asks how they stand, and tells of those for whom it is news. */
  async #tell(subscribers: readonly Watched[], isNews: (ending: Ending) => boolean): Promise<void> {
    const { client, within, found } = this.#tools;
    const ids = subscribers.map(({ workflowId }) => workflowId);
    const endings = await within(() => endingsOf(client, ids), listWithin);
    for (const [index, ending] of endings.entries()) {
      const subscriber = subscribers[index];
      if (subscriber !== undefined && isNews(ending)) await found(subscriber, ending);
    }
  }

  async #closedAmong(alive: ReadonlyMap<string, Watched>, since: number): Promise<ReadonlySet<Watched>> {
    const query =
      `SwitchbackEnvironment = ${JSON.stringify(this.#tools.environment)} AND CloseTime >= "${new Date(since).toISOString()}" ` +
      `AND ExecutionStatus IN ("Completed", "Failed", "Canceled", "Terminated", "TimedOut")`;
    const closed = new Set<Watched>();
    for await (const { workflowId } of this.#tools.client.workflow.list({ query })) {
      const subscriber = alive.get(workflowId);
      if (subscriber !== undefined) closed.add(subscriber);
    }
    return closed;
  }

  /** All of them in turn. */
  #someOf(orphans: readonly Watched[]): readonly Watched[] {
    if (orphans.length <= orphansAtOnce) return orphans;
    const start = this.#nextOrphan % orphans.length;
    this.#nextOrphan = start + orphansAtOnce;
    return [...orphans, ...orphans].slice(start, start + orphansAtOnce);
  }
}
