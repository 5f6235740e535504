import type { NoticeEvent } from '../event.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

/** A service's integration "Events API v2". */
export interface PagerDutyOptions {
  readonly routingKey: string;
  /** Of the events API; another one for another region, or a test. */
  readonly url: string;
  readonly allowPrivate?: boolean;
}

/** PagerDuty takes no longer summary. */
const longestSummary = 1_024;

/**
 * An alert only when a person must act, and one for a rollout, whatever else happens to it: its id is the `dedup_key`. The
 * outcome resolves it. Promotes and rollbacks are told as change events.
 */
export function pagerDuty({ routingKey, url, allowPrivate = false }: PagerDutyOptions): Channel {
  const send = (path: string, body: object, signal: AbortSignal) =>
    post({
      url: new URL(path, url).href,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key: routingKey, ...body }),
      allowPrivate,
      signal,
    });
  return {
    async deliver(event, signal) {
      const { type, kind, outcome, unconfirmed } = event;
      // Everything is taken back by itself: whoever is needed for it is called then.
      const mustAct = type === 'incident' && kind !== 'rolling-back';
      if (mustAct) await send('/v2/enqueue', alertOf(event), signal);
      else if (type === 'incident') await send('/v2/change/enqueue', changeOf(event), signal);
      if (outcome === undefined) return;
      // Somebody has to look at the baseline still.
      if (!unconfirmed) {
        await send('/v2/enqueue', { event_action: 'resolve', dedup_key: event.rollout }, signal);
      }
      await send('/v2/change/enqueue', changeOf(event), signal);
    },
  };
}

function alertOf(event: NoticeEvent) {
  const { rollout, text, at, kind, exposure, todo } = event;
  return {
    event_action: 'trigger',
    dedup_key: rollout,
    payload: {
      summary: summaryOf(event),
      source: rollout,
      timestamp: at,
      severity: 'critical',
      ...(kind !== undefined && { class: kind }),
      component: event.environment,
      custom_details: { text, ...(exposure !== undefined && { exposure }), ...(todo && { todo }) },
    },
  };
}

function changeOf(event: NoticeEvent) {
  const { rollout: source, at: timestamp } = event;
  return { payload: { summary: summaryOf(event), source, timestamp } };
}

function summaryOf({ rollout, text }: NoticeEvent): string {
  return `${rollout}: ${text}`.slice(0, longestSummary);
}
