import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Reported } from '../../client/client.js';

/** Which asking: a gate may ask again. */
export interface Asking {
  readonly step: string;
  readonly epoch: number;
}

/** An answer that counted, as the journal has it. */
export interface GivenAnswer {
  readonly by: string;
  readonly at: number;
  readonly via?: string;
  readonly decision: string;
  readonly reason: string;
  readonly onBehalfOf?: string;
}

/** The answers that counted, oldest first. */
export function answersAt(events: readonly JournalEvent[], asking: Asking): readonly GivenAnswer[] {
  return events.flatMap(({ type, step, epoch, by, at, via, evidence }) => {
    if (type !== 'decision' || step !== asking.step || epoch !== asking.epoch) return [];
    if (evidence?.['accepted'] !== true || by === undefined) return [];
    const { decision, reason, onBehalfOf } = evidence;
    return [
      {
        by,
        at,
        decision: textOf(decision),
        reason: textOf(reason),
        ...(via !== undefined && { via }),
        ...(typeof onBehalfOf === 'string' && { onBehalfOf }),
      },
    ];
  });
}

/** When it was asked, in Unix ms. */
export function askedAt(events: readonly JournalEvent[], asking: Asking): number | undefined {
  return eventOf(events, 'gate-opened', asking)?.at;
}

/** How an asking ended. */
export type Settled =
  | { readonly how: 'approved' | 'rejected' | 'taken-back'; readonly at: number; readonly reason: string }
  | {
      readonly how: 'asked-again' | 'expired' | 'timed-out' | 'ended';
      readonly at: number;
      readonly reason: string;
    };

/** What is known of a rollout's end beside its journal. */
type Taken = Pick<Reported, 'unwinding' | 'outcome'>;

/**
 * How it ended; undefined while nothing says that it has. The order in the journal decides between an answer and the
 * deadline.
 */
export function settledHow(
  events: readonly JournalEvent[],
  asking: Asking,
  { unwinding, outcome }: Taken,
): Settled | undefined {
  const cause = unwinding?.cause ?? outcome?.cause;
  const isTimedOut = cause?.type === 'expired' && cause.step === asking.step;
  const passed = eventOf(events, 'gate-passed', asking);
  if (passed) return { how: 'approved', at: passed.at, reason: passed.reason };
  const rejected = answersAt(events, asking).find(({ decision }) => decision === 'reject');
  if (rejected) return { how: 'rejected', at: rejected.at, reason: rejected.reason };
  const opened = eventOf(events, 'gate-opened', asking)?.number ?? 0;
  for (const { number, type, step, at, reason } of events) {
    if (number <= opened) continue;
    if (type === 'gate-opened' && step === asking.step) return { how: 'asked-again', at, reason };
    if (type === 'unwinding') return { how: isTimedOut ? 'timed-out' : 'taken-back', at, reason };
    if (type === 'needs-operator' && step === asking.step) return { how: 'expired', at, reason };
    if (type === 'ended') return { how: 'ended', at, reason };
  }
  return undefined;
}

function eventOf(
  events: readonly JournalEvent[],
  type: JournalEvent['type'],
  { step, epoch }: Asking,
): JournalEvent | undefined {
  return events.findLast(
    (event) => event.type === type && event.step === step && (event.epoch ?? 0) === epoch,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
