import { Refusal } from '../../engine/base/errors.js';
import { actionShape, guardShape } from '../../engine/plan/plan-shape.js';
import {
  dictionary,
  list,
  maybe,
  number,
  object,
  prose,
  text,
  whole,
  type Reader,
} from '../../engine/base/read.js';
import type { Exposed } from '../../engine/state/look.js';
import { target } from './rollout.js';
import { shaped } from '../../engine/plan/shape.js';
import { bytesOf } from '../../engine/base/json.js';
import type { Leaving, OrphanSignal, SubscriptionId, UnwatchedSignal } from '../sentinel.js';
import type { Subscriber } from '../subscriptions.js';

/** Bytes of one subscription: several fit into the answer in which the sentinel is asked for them. */
export const longestSubscription = 500_000;

const mostGuards = 10_000;

/** Targets through which one rollout exposes. */
const mostExposed = 1_000;

const exposed = object<Exposed>({
  target,
  action: shaped(actionShape),
  of: maybe(text()),
});

const members = object<Subscriber>({
  rollout: text(),
  number: whole(),
  guards: list(shaped(guardShape), mostGuards),
  continues: maybe(whole()),
  percent: number(0, 100),
  since: number(),
  recorded: dictionary(number(), mostGuards),
  workflowId: text(),
  runId: maybe(text()),
  chain: maybe(text()),
  exposed: maybe(list(exposed, mostExposed)),
});

/** A rollout that asks to be watched. */
export const subscriber: Reader<Subscriber> = (value, path) => {
  const read = members(value, path);
  const bytes = bytesOf(read);
  if (bytes <= longestSubscription) return read;
  const rule = `its guards fill ${bytes} bytes, and ${longestSubscription} are the most`;
  throw new Refusal(path, rule, 'give the plan fewer or shorter guards');
};

const subscriptionId = object<SubscriptionId>({ number: whole(), since: number() });

/** A rollout that leaves. */
export const leaving: Reader<Leaving> = object<Leaving>({
  rollout: text(),
  chain: maybe(text()),
  as: maybe(subscriptionId),
});

/** A rollout was ended from outside, or runs after all. */
export const orphanFound: Reader<OrphanSignal> = object<OrphanSignal>({
  rollout: text(),
  chain: maybe(text()),
  as: subscriptionId,
  at: number(),
  reason: maybe(prose),
});

/** A worker sees nobody watch. */
export const unwatched: Reader<UnwatchedSignal> = object<UnwatchedSignal>({
  silence: text(),
  reason: prose,
});

/** Rollouts of which it is asked whether they are watched: as many as hold locks. */
export const rollouts: Reader<readonly string[]> = list(text(), 20_000);

/** From which version on changes are asked for. */
export const version: Reader<number> = whole();
