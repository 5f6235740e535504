import { leaving, orphanFound, rollouts, subscriber, unwatched, version } from './readers/sentinel.js';
import { sentinelNames } from './sentinel.js';
import type { DecisionRequest } from '../engine/state/messages.js';
import { drillNames } from './drill.js';
import { locksNames, type LocksRequest } from './locks.js';
import { askings, locksRequest, look, release } from './readers/locks.js';
import { blind, decisionRequest, evidence, lockAnswer } from './readers/rollout.js';
import { rolloutNames } from './rollout.js';
import type { Reader } from '../engine/base/read.js';

/** Everything that a workflow takes, by kind and name, each with the reader of its one argument. */
export interface Door {
  readonly signals: { readonly [name: string]: Reader<unknown> };
  readonly updates: { readonly [name: string]: Reader<unknown> };
  readonly queries: { readonly [name: string]: Reader<unknown> };
}

/** A question that says no more than its name. */
const nothing: Reader<undefined> = () => undefined;

/**
 * Every message of every workflow, by the workflow's type. Handlers are set from this list alone, and what is tried on
 * them is made from it: a message that does not stand here reaches nobody.
 */
export const doors = {
  rollout: {
    signals: {
      [rolloutNames.decide]: decisionRequest,
      [sentinelNames.evidence]: evidence,
      [sentinelNames.blind]: blind,
      [rolloutNames.lock]: lockAnswer,
    },
    updates: { [rolloutNames.decide]: decisionRequest },
    queries: {
      [rolloutNames.status]: nothing,
      [rolloutNames.plan]: nothing,
      [rolloutNames.journal]: nothing,
    },
  },
  sentinel: {
    signals: {
      [sentinelNames.subscribe]: subscriber,
      [sentinelNames.unsubscribe]: leaving,
      [sentinelNames.orphan]: orphanFound,
      [sentinelNames.unwatched]: unwatched,
    },
    updates: {},
    queries: {
      [sentinelNames.roster]: version,
      [sentinelNames.orphans]: nothing,
      [sentinelNames.among]: rollouts,
    },
  },
  locks: {
    signals: {
      [locksNames.release]: release,
      [locksNames.look]: look,
      [locksNames.decide]: locksRequest,
    },
    updates: { [locksNames.acquire]: askings, [locksNames.decide]: locksRequest },
    queries: { [locksNames.table]: nothing },
  },
  drill: { signals: {}, updates: {}, queries: { [drillNames.progress]: nothing } },
} as const satisfies { readonly [type: string]: Door };

/** The types of decisions, by the workflow's type, that only make things safer: they have places of their own. */
const safer: { readonly [T in keyof typeof doors]: ReadonlySet<string> } = {
  rollout: new Set<DecisionRequest['type']>(['abort', 'pause']),
  sentinel: new Set(),
  locks: new Set<LocksRequest['type']>(['stop']),
  drill: new Set(),
};

export function saferOf(type: keyof typeof doors): ReadonlySet<string> {
  return safer[type];
}

/** Whether it is a type of workflow of ours. */
export function isOurs(type: string): type is keyof typeof doors {
  return Object.hasOwn(doors, type);
}
