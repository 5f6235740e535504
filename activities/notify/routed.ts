import { createHash, randomUUID } from 'node:crypto';
import { activityInfo, type Info } from '@temporalio/activity';
import type { NoticeStore } from './store.js';
import { answersWithin } from './channels/channel.js';
import { eventOf } from './event.js';
import type { Notifier } from './notifier.js';
import type { Channels } from './post-office.js';
import { channelsFor, type Route } from './routes.js';

/** What a notifier of many channels works with. */
export interface RoutedOptions {
  readonly environment: string;
  readonly channels: Channels;
  readonly routes: readonly Route[];
  readonly store: NoticeStore;
}

/**
 * Keeps each notice for the channels that its routes name; who delivers takes it from there. When it cannot be kept, and
 * somebody is called, it goes to the channels at once: told twice is better than not told.
 */
export function routedNotifier({ environment, channels, routes, store }: RoutedOptions): Notifier {
  return {
    async send(notice) {
      const to = channelsFor(routes, notice);
      if (to.length === 0) return;
      const event = eventOf(notice, { id: idOf(), at: new Date().toISOString(), environment });
      try {
        await store.put(event, to);
      } catch (error) {
        if (notice.urgency !== 'incident') throw error;
        const signal = AbortSignal.timeout(answersWithin);
        const by = to.flatMap((name) => channels[name] ?? []);
        const tried = await Promise.allSettled(by.map((channel) => channel.deliver(event, signal)));
        if (tried.every(({ status }) => status === 'rejected')) throw error;
      }
    },
  };
}

/** The same for each attempt of one activity, so that a repeated one says nothing twice. */
function idOf(): string {
  const info = infoOfActivity();
  if (info === undefined) return randomUUID();
  const { workflowExecution, activityId } = info;
  const { workflowId, runId } = workflowExecution ?? {};
  const text = JSON.stringify([workflowId, runId, activityId]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Undefined for what a worker tells by itself. */
function infoOfActivity(): Info | undefined {
  try {
    return activityInfo();
  } catch {
    return undefined;
  }
}

/** Tells by all of them; fails when one does, after all were tried. */
export function allOf(notifiers: readonly Notifier[]): Notifier {
  return {
    async send(notice) {
      const told = await Promise.allSettled(notifiers.map((one) => one.send(notice)));
      const failed = told.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}
