import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { DirectClient } from '../../client/client.js';

/** What is known of a rollout's journal. */
interface Known {
  /** Absent before it was read. */
  readonly events?: readonly JournalEvent[];
  readonly ended: boolean;
}

/** The journal of one rollout, read once for all who listen. */
export interface Feed {
  now(): Known;
  /** Calls back after each look that found something, until the answer is called. */
  listen(hear: () => void): () => void;
}

/** Feeds by rollout: each is read while somebody listens. */
export function feedsOf(client: DirectClient, every: number): { of(rollout: string): Feed } {
  const feeds = new Map<string, Feed>();
  return {
    of(rollout) {
      const known = feeds.get(rollout);
      if (known) return known;
      const feed = createFeed(client, rollout, every, () => feeds.delete(rollout));
      feeds.set(rollout, feed);
      return feed;
    },
  };
}

function createFeed(client: DirectClient, rollout: string, every: number, forget: () => void): Feed {
  const listeners = new Set<() => void>();
  let known: Known = { ended: false };
  let reading = false;

  async function read(): Promise<void> {
    let mark = '';
    while (listeners.size > 0) {
      // A rollout or a server that does not answer now may do so later: whoever listens hears comments meanwhile.
      mark = await look(mark).catch(() => mark);
      await sleep(every);
    }
    reading = false;
    forget();
  }

  /** The server knows how long the history is without asking a worker: only what has grown is read. */
  async function look(before: string): Promise<string> {
    const { runId, historyLength, endedAt } = await client.describe(rollout);
    const mark = `${runId} ${historyLength} ${endedAt}`;
    if (mark === before) return before;
    known = { events: await client.journal(rollout), ended: endedAt !== undefined };
    for (const hear of listeners) hear();
    return mark;
  }

  return {
    now: () => known,
    listen(hear) {
      listeners.add(hear);
      if (!reading) {
        reading = true;
        void read();
      }
      return () => listeners.delete(hear);
    },
  };
}
