import { allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../src/engine/plan.js';
import type { Effects, LockRequest, Running, Subscription, Verb, Verbs } from '../src/engine/ports.js';
import type { RolloutState } from '../src/engine/state.js';
import { createAlarm, type Alarm } from './alarm.js';
import type { Inbox } from './inbox.js';
import type { RolloutInput } from './protocol.js';
import { performVerb } from './verbs.js';

/** Events of a history that are replayed in no time, and milliseconds of a rest that are worth a new run. */
const shortHistory = 60;
const longRest = 900_000;

/** What a rollout's effects are made of. */
interface Parts {
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly inbox: Inbox;
  readonly visibility: { show(): void };
  readonly exporter: { idle(): boolean };
  readonly input: RolloutInput;
}

/** The interpreter's effects, by Temporal; and whether everybody who was to be told has been. */
export function effectsOf(parts: Parts): { readonly effects: Effects; notified(): boolean } {
  const { state, inbox, visibility, exporter, input } = parts;
  const underWay = new Set<Running<unknown>>();
  const notices = new Set<Running<unknown>>();

  const alarm = createAlarm();

  const isFull = () => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength >= (input.continueAfter ?? Number.POSITIVE_INFINITY);
  };
  /** Whoever wakes it will have all of its history to replay first, and somebody may have to be freed of the candidate. */
  const isLongToWake = (until: number | undefined) =>
    state.exposure > 0 &&
    workflowInfo().historyLength >= shortHistory &&
    (until ?? 0) - Date.now() >= longRest;
  /** Nothing may be in flight: what answers to this run would be lost to the next. */
  const renews = (until: number | undefined) =>
    (isFull() || isLongToWake(until)) &&
    !inbox.waiting &&
    inbox.authorising.size === 0 &&
    allHandlersFinished() &&
    exporter.idle() &&
    allEnded(underWay) &&
    // Only the run that was cancelled can close as cancelled.
    state.unwinding?.cause.type !== 'cancelled';

  const effects: Effects = {
    now: () => Date.now(),
    renews,
    take: () => inbox.take(),
    record: () => undefined,
    wait(until, running, resting = false) {
      visibility.show();
      alarm.set(until);
      const due = () => inbox.waiting || running?.result !== undefined || (resting && renews(until));
      return until === undefined ? condition(due) : waitUntil(alarm, due, inbox);
    },
    perform<V extends Verb>(verb: V, given: Verbs[V]['in'], within: number) {
      const running = performVerb(verb, addressed(verb, given, parts), within);
      underWay.add(running);
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
  const before = [...inbox.authorising];
  await condition(() => inbox.waiting || before.every((id) => !inbox.authorising.has(id)));
}

function allEnded(all: Set<Running<unknown>>): boolean {
  for (const one of all) if (one.result) all.delete(one);
  return all.size === 0;
}

/** What goes to the environment's own workflows says who asks, and what a rescue would need to know of them. */
function addressed<V extends Verb>(verb: V, given: Verbs[V]['in'], { plan, state }: Parts): Verbs[V]['in'] {
  const { workflowId, runId } = workflowInfo();
  const { environment, digest } = state;
  switch (verb) {
    case 'subscribe':
      return { ...(given as Subscription), workflowId, runId, environment } as Verbs[V]['in'];
    case 'acquire':
      return { ...(given as LockRequest), workflowId, runId, environment, plan, digest } as Verbs[V]['in'];
    default:
      return given;
  }
}
