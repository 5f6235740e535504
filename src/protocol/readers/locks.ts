import type { Asking, LocksRequest, LookSignal, Release } from '../locks.js';
import { target } from './rollout.js';
import {
  dictionary,
  list,
  longest,
  maybe,
  number,
  object,
  oneOf,
  text,
  variants,
  words,
  type Reader,
} from '../../engine/base/read.js';

/** Targets of one scope, and requests of one call. */
const mostTargets = 10_000;
const mostAskings = 20;
/** Gates that one delegation may name. */
const mostGates = 100;
/** What one target may be made of. */
const mostNames = 10_000;

/** Rollouts that ask for their scopes. */
export const askings: Reader<readonly Asking[]> = list(
  object<Asking>({
    rollout: text(),
    owner: text(),
    scope: list(target, mostTargets),
    things: maybe(dictionary(list(text(), mostNames), mostTargets)),
    wait: oneOf(true, false),
    holds: maybe(oneOf(true)),
    reverts: maybe(text()),
    askedAt: number(),
    digest: maybe(text()),
    chain: maybe(text()),
  }),
  mostAskings,
);

/** A scope is given back, or the place in the line. */
export const release: Reader<Release> = object<Release>({
  rollout: text(),
  chain: maybe(text()),
  askedAt: number(),
  handsBack: maybe(oneOf(true)),
});

/** A rollout to look at. */
export const look: Reader<LookSignal> = object<LookSignal>({ rollout: text() });

const sender = { id: text(longest.id), by: text(), reason: words, signed: maybe(text(longest.signed)) };

/** A decision that somebody sends about the locks. */
export const locksRequest: Reader<LocksRequest> = variants<LocksRequest, LocksRequest['type']>('type', {
  stop: object<Extract<LocksRequest, { type: 'stop' }>>({
    ...sender,
    type: oneOf('stop'),
    exposure: maybe(oneOf('zero')),
  }),
  lift: object<Extract<LocksRequest, { type: 'lift' }>>({ ...sender, type: oneOf('lift') }),
  'take-over': object<Extract<LocksRequest, { type: 'take-over' }>>({
    ...sender,
    type: oneOf('take-over'),
    rollout: text(),
    asItIs: maybe(oneOf(true)),
  }),
  delegate: object<Extract<LocksRequest, { type: 'delegate' }>>({
    ...sender,
    type: oneOf('delegate'),
    to: text(),
    gates: list(text(), mostGates),
    since: maybe(number()),
    until: number(),
  }),
  'end-delegation': object<Extract<LocksRequest, { type: 'end-delegation' }>>({
    ...sender,
    type: oneOf('end-delegation'),
    delegation: text(longest.id),
  }),
});
