import type { DirectClient } from '../../client/client.js';
import type { Caller } from '../caller.js';
import type { HttpMetrics } from '../http-metrics.js';
import type { Identities } from '../identity/identities.js';
import { ProblemError } from '../problems/catalogue.js';
import { feedsOf, type Feed } from './feed.js';
import { openWriter } from './writer.js';

/** Whose stream it is, and from where it goes on. */
export interface Listening {
  readonly rollout: string;
  readonly runbook: string;
  readonly caller: Caller;
  /** The last number of the journal that is known. */
  readonly after: number;
  /** Fires when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** Streams of events. */
export interface Streams {
  /** Throws `Absent` for a rollout that does not exist. */
  open(listening: Listening): Promise<Response>;
  /** Tells everybody that this server ends, and ends their streams. */
  close(): void;
}

/** How often a stream is looked after, in milliseconds. */
export interface Pace {
  /** Between two looks at a rollout, however many listen to it. */
  readonly look: number;
  /** Between two comments; with each it is asked whether whoever listens still may. */
  readonly comment: number;
}

export const usualPace: Pace = { look: 500, comment: 15_000 };

/** Each holds a connection. */
const mostOpen = 1_000;

interface Stage {
  readonly client: DirectClient;
  readonly identities: Identities;
  readonly metrics: HttpMetrics;
  readonly pace?: Pace;
}

function tooMany(): ProblemError {
  const headers = { 'retry-after': '30' };
  return new ProblemError('too-many-requests', 'this stream', 'is one too many here', 'wait 30 s', headers);
}

const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };

export function createStreams({ client, identities, metrics, pace = usualPace }: Stage): Streams {
  const feeds = feedsOf(client, pace.look);
  const open = new Set<() => void>();

  function mayListen({ caller, runbook }: Listening): boolean {
    return identities.stillHolds(caller) && identities.deniedFor(caller, 'view', runbook) === undefined;
  }

  function stream(feed: Feed, listening: Listening): ReadableStream<Uint8Array> {
    const writer = openWriter(() => end());
    let last = listening.after;
    const tell = () => {
      const { events, ended } = feed.now();
      if (events === undefined) return;
      last = writer.tell(events, last);
      if (ended) end('ended');
    };
    const leave = feed.listen(tell);
    const look = setInterval(() => {
      if (mayListen(listening)) writer.comment();
      else end('expired');
    }, pace.comment);
    const shutDown = () => end('shutdown');
    let over = false;
    function end(event?: 'ended' | 'expired' | 'shutdown'): void {
      if (over) return;
      over = true;
      clearInterval(look);
      leave();
      open.delete(shutDown);
      metrics.streams(-1);
      writer.end(event);
    }
    open.add(shutDown);
    metrics.streams(1);
    listening.signal.addEventListener('abort', () => end());
    tell();
    return writer.stream;
  }

  return {
    async open(listening) {
      const { rollout, after } = listening;
      if (open.size >= mostOpen) throw tooMany();
      const { endedAt } = await client.describe(rollout);
      const feed = feeds.of(rollout);
      if (endedAt !== undefined && after > 0) {
        const events = await client.journal(rollout);
        if (events.at(-1)?.number === after) return new Response(null, { status: 204 });
      }
      return new Response(stream(feed, listening), { headers });
    },
    close() {
      for (const end of open) end();
    },
  };
}
