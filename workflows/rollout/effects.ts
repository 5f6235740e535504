import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { Effects, Running, Verb, Verbs } from '../../src/engine/state/ports.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import { createAlarm, type Alarm } from '../sdk/alarm.js';
import { isFlooded } from '../doors/crowd.js';
import type { Exporter } from '../journal/exporter.js';
import type { Inbox } from './inbox.js';
import type { RolloutInput } from '../../src/protocol/rollout.js';
import { scheduleVerb } from './schedule-verb.js';
import type { LockRequest, Subscription } from '../../src/engine/state/values.js';
import { historyLength, isFull, now } from '../sdk/turns.js';
import { thisRun } from '../sdk/run.js';

/** Events of a history that are replayed in no time, and milliseconds of a rest that are worth a new run. */
const shortHistory = 60;
const longRest = 900_000;
/** Events after which even an act is cut short: the server takes 10,000 signals of a run, and each is an event. */
const overflowsFrom = 8_000;

/** What a rollout's effects are made of. */
interface Parts {
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly inbox: Inbox;
  readonly visibility: { show(): void };
  readonly exporter: Pick<Exporter, 'idle' | 'take'>;
  readonly input: RolloutInput;
}

/** The interpreter's effects, by Temporal; and whether everybody who was to be told has been. */
export function effectsOf(parts: Parts): { readonly effects: Effects; notified(): boolean } {
  const { state, inbox, visibility, exporter, input } = parts;
  const underWay = new Set<Running<unknown>>();
  const besideActs = new Set<Running<unknown>>();
  const notices = new Set<Running<unknown>>();

  const alarm = createAlarm();

  /** Whoever wakes it will have all of its history to replay first, and somebody may have to be freed of the candidate. */
  const isLongToWake = (until: number | undefined) =>
    state.exposure > 0 && historyLength() >= shortHistory && (until ?? 0) - now() >= longRest;
  /** Nothing may be in flight: what answers to this run would be lost to the next. */
  const renews = (until: number | undefined) => {
    const may =
      (isFull(input.continueAfter) || isFlooded() || isLongToWake(until)) &&
      allEnded(underWay) &&
      // Only the run that was cancelled can close as cancelled.
      state.unwinding?.cause.type !== 'cancelled';
    // Nobody is refused while it is unknown when it can go on.
    if (!may) inbox.reopen();
    return may && inbox.closes() && !inbox.waiting && allHandlersFinished() && exporter.idle();
  };

  const effects: Effects = {
    now,
    renews,
    // With nothing under way but what is to stop, the next run can begin as soon as that has ended.
    overflows: () =>
      historyLength() >= (input.overflowsAfter ?? overflowsFrom) && exporter.idle() && allEnded(besideActs),
    next: () => inbox.take(),
    record: (event) => exporter.take(event),
    wait(until, running, resting = false) {
      visibility.show();
      // What is under way may take as long as it likes: whoever decides meanwhile is heard.
      if (!resting) inbox.reopen();
      alarm.set(until);
      const due = () => inbox.waiting || running?.result !== undefined || (resting && renews(until));
      return until === undefined ? condition(due) : waitUntil(alarm, due, inbox);
    },
    perform<V extends Verb>(verb: V, given: Verbs[V]['in'], within: number, tries?: number) {
      const running = scheduleVerb(verb, addressed(verb, given, parts), within, tries);
      underWay.add(running);
      if (verb !== 'apply') besideActs.add(running);
      if (verb === 'notify') notices.add(running);
      return running;
    },
  };
  return { effects, notified: () => allEnded(notices) };
}

/** Whoever had decided before the deadline is heard before it passes. */
async function waitUntil(alarm: Alarm, due: () => boolean, inbox: Inbox): Promise<void> {
  await condition(() => alarm.rang || due());
  if (due()) return;
  const heard = inbox.hearing();
  await condition(() => due() || heard());
}

function allEnded(all: Set<Running<unknown>>): boolean {
  for (const one of all) if (one.result) all.delete(one);
  return all.size === 0;
}

/** What goes to the environment's own workflows says who asks, and what a rescue would need to know of them. */
function addressed<V extends Verb>(verb: V, given: Verbs[V]['in'], { plan, state }: Parts): Verbs[V]['in'] {
  const { workflowId, runId, firstExecutionRunId: chain } = thisRun();
  const { environment, digest } = state;
  switch (verb) {
    case 'subscribe':
      return { ...(given as Subscription), workflowId, runId, chain, environment } as Verbs[V]['in'];
    case 'acquire':
      return {
        ...(given as LockRequest),
        workflowId,
        runId,
        chain,
        environment,
        plan,
        digest,
      } as Verbs[V]['in'];
    case 'unsubscribe':
    case 'release':
      return { ...given, chain };
    default:
      return given;
  }
}
