import type { DecisionRequest, Message } from '../../engine/state/messages.js';
import type { Look } from '../../engine/state/look.js';
import type { EvidenceSignal } from '../sentinel.js';
import { verdicts, type Target } from '../../engine/plan/plan.js';
import type { GuardReading, LockAnswer } from '../../engine/state/values.js';
import {
  list,
  longest,
  maybe,
  number,
  object,
  oneOf,
  prose,
  text,
  variants,
  whole,
  type Members,
  type Reader,
} from '../../engine/base/read.js';

const sender = {
  id: text(longest.id),
  by: text(),
  reason: maybe(prose),
  signed: maybe(text(longest.signed)),
};

type OfType<T, R = DecisionRequest> = R extends { type: unknown } ? (T extends R['type'] ? R : never) : never;

/** A decision of one type, with what every decision has. */
function request<T extends DecisionRequest['type']>(
  type: T,
  members: Members<Omit<OfType<T>, 'type' | keyof typeof sender>>,
): Reader<DecisionRequest> {
  const all = { ...sender, type: oneOf(type), ...members };
  return object(all as unknown as Members<DecisionRequest>);
}

const approval = { step: text(), epoch: whole(), digest: text() };
const step = text();

/** A decision that somebody sends to a rollout. */
export const decisionRequest: Reader<DecisionRequest> = variants<DecisionRequest, DecisionRequest['type']>(
  'type',
  {
    approve: request('approve', approval),
    reject: request('reject', approval),
    comment: request('comment', {}),
    'break-glass': request('break-glass', { incident: text() }),
    abort: request('abort', {}),
    pause: request('pause', { exposure: maybe(oneOf('zero')) }),
    resume: request('resume', {}),
    advance: request('advance', { step }),
    extend: request('extend', { step, ms: number() }),
    halt: request('halt', { step: maybe(step) }),
    answer: request('answer', { choice: oneOf('wait', 'roll-back') }),
    resolve: request('resolve', { choice: oneOf('retry', 'skip', 'halt'), step: maybe(step) }),
  },
);

/** More guards than any plan has. */
const mostGuards = 10_000;
const mostBlindSpots = 100;
const mostLooks = 1_000;

const reading = object<GuardReading>({
  guard: text(),
  verdict: oneOf(...verdicts),
  at: number(),
  // No breach is to be lost for its reason.
  reason: prose,
  value: maybe(number()),
  baseline: maybe(number()),
  blindSpots: maybe(list(prose, mostBlindSpots)),
  unread: maybe(oneOf(true)),
});

const look = object<Look>({
  target: text() as Reader<Target>,
  verdict: oneOf('as-left', 'unwritten', 'lowered', 'changed', 'raised', 'unread'),
  at: number(),
  reason: prose,
  percent: maybe(number()),
  leftAt: maybe(number()),
});

type Told<T extends Message['type']> = Omit<Extract<Message, { type: T }>, 'type'>;

/** The sentinel's readings of a subscription changed. */
export const evidence: Reader<EvidenceSignal> = object<EvidenceSignal>({
  chain: maybe(text()),
  subscription: whole(),
  readings: list(reading, mostGuards),
  looks: maybe(list(look, mostLooks)),
});

/** The sentinel cannot be kept alive. */
export const blind: Reader<Told<'blind'>> = object<Told<'blind'>>({
  subscription: maybe(whole()),
  reason: prose,
});

/** More rollouts than ever stand in line. */
const mostInLine = 100_000;

export const target: Reader<Target> = text() as Reader<Target>;

/** The answer to the request for the scope has changed. */
export const lockAnswer: Reader<LockAnswer> = variants<LockAnswer, LockAnswer['status']>('status', {
  granted: object<LockAnswer>({ status: oneOf('granted') }),
  queued: object<Extract<LockAnswer, { status: 'queued' }>>({
    status: oneOf('queued'),
    behind: list(
      object<Extract<LockAnswer, { status: 'queued' }>['behind'][number]>({
        rollout: text(),
        owner: text(),
        target,
        as: maybe(target),
        orphaned: maybe(oneOf(true)),
      }),
      mostInLine,
    ),
  }),
  refused: object<Extract<LockAnswer, { status: 'refused' }>>({ status: oneOf('refused'), reason: prose }),
});
