import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery, NoticeStore } from './store.js';
import { Undeliverable, type Channel } from './channels/channel.js';
import type { NoticeEvent } from './event.js';

export type Channels = Readonly<Record<string, Channel>>;

const lookEvery = 1_000;
/** Milliseconds that a worker has for what it took; then another one may. */
const lease = 30_000;
/** Milliseconds before the second try; doubled at each. */
const firstPause = 2_000;
const longestPause = 600_000;
/** About six hours of trying. */
const mostTries = 45;
/** Milliseconds after which something is told late. */
const lateAfter = 60_000;

/** Delivers what is kept, until `signal` fires. Nothing waits for it, and nothing that fails here ends it. */
export async function deliverNotices(
  store: NoticeStore,
  channels: Channels,
  signal: AbortSignal,
): Promise<void> {
  const names = Object.keys(channels);
  while (!signal.aborted && names.length > 0) {
    const found = await store.due(names, lease).catch(() => []);
    await Promise.all(found.map((delivery) => deliver(store, channels, delivery, signal)));
    if (found.length === 0) await sleep(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}

/** Tries one delivery, and writes down what became of it. */
export async function deliver(
  store: NoticeStore,
  channels: Channels,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  try {
    await channels[delivery.channel]?.deliver(asOfNow(delivery.event), signal);
    await store.sent(delivery);
  } catch (error) {
    if (signal.aborted) return;
    const fault = error instanceof Error ? error.message : String(error);
    const isOver = error instanceof Undeliverable || delivery.tries + 1 >= mostTries;
    // Not written down: the lease ends, and it is tried again.
    await store.failed(delivery, fault, isOver ? undefined : pauseAfter(delivery)).catch(() => undefined);
  }
}

function pauseAfter({ tries }: Delivery): number {
  return Math.min(firstPause * 2 ** tries, longestPause);
}

function asOfNow(event: NoticeEvent): NoticeEvent {
  return Date.now() - Date.parse(event.at) > lateAfter ? { ...event, late: true } : event;
}
