import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { planDigest } from '../src/engine/digest.js';
import { answerAfterwards, execute } from '../src/engine/execute.js';
import { statusReport } from '../src/engine/report.js';
import type { Effects, Running, Subscription, Verb, Verbs } from '../src/engine/ports.js';
import { initialState, type Outcome, type RolloutState } from '../src/engine/state.js';
import { validate } from '../src/engine/validate.js';
import { startExporter } from './exporter.js';
import { openInbox, type Inbox } from './inbox.js';
import { journalQuery, planQuery, statusQuery, type RolloutInput, type RolloutResult } from './protocol.js';
import { performVerb } from './verbs.js';
import { createVisibility } from './visibility.js';

/** How long a rollout that is over waits for its journal and notices to leave; history keeps both in any case. */
const flushTime = '30s';

/** One rollout: the interpreter of `src/engine` with Temporal's timers, signals and activities as its effects. */
export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  const plan = acceptPlan(input);
  const state = initialState(plan, {
    rollout: workflowInfo().workflowId,
    environment: input.environment,
    digest: input.digest,
    startedBy: input.startedBy,
  });
  const inbox = openInbox(state);
  setHandler(statusQuery, () => statusReport(plan, state));
  setHandler(planQuery, () => plan);
  setHandler(journalQuery, () => state.journal);
  listenForCancellation(inbox);

  // Everything runs out of reach of the workflow's cancellation: compensation has to finish.
  const outcome = await CancellationScope.nonCancellable(async () => {
    const exporter = startExporter(state.rollout, state.journal);
    const visibility = createVisibility(plan, state);
    const notices = new Set<Running<unknown>>();
    const effects = effectsOf(state, inbox, visibility, notices);
    const ended = await execute(plan, state, effects);
    visibility.show();
    while (inbox.waiting || !allHandlersFinished()) {
      answerAfterwards(plan, state, effects);
      await condition(() => inbox.waiting || allHandlersFinished());
    }
    await condition(() => exporter.flushed() && [...notices].every(({ result }) => result), flushTime);
    return ended;
  });
  return close(outcome);
}

function acceptPlan({ plan, digest }: RolloutInput) {
  try {
    validate(plan);
  } catch (error) {
    throw ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error), 'Refused');
  }
  if (planDigest(plan) !== digest) {
    throw ApplicationFailure.nonRetryable(
      `the plan's digest is ${planDigest(plan)}, not ${digest}`,
      'Refused',
    );
  }
  return plan;
}

function listenForCancellation(inbox: Inbox): void {
  CancellationScope.current().cancelRequested.catch(() =>
    inbox.push({ type: 'cancel', reason: 'asked for from outside, through Temporal' }),
  );
}

function effectsOf(
  state: RolloutState,
  inbox: Inbox,
  visibility: { show(): void },
  notices: Set<Running<unknown>>,
): Effects {
  // A query that waited for a worker is answered from a history that ends before its workflow task began: the SDK then
  // fires a timer at the time of the task before. What follows must not depend on that time, or it does not replay.
  let reached = 0;
  const now = () => Math.max(Date.now(), reached);
  return {
    now,
    take: () => inbox.take(),
    record: () => undefined,
    async wait(until, running) {
      visibility.show();
      const due = () => inbox.waiting || running?.result !== undefined;
      if (until === undefined) return condition(due);
      const left = until - now();
      if (left > 0 && (await condition(due, left))) return;
      reached = Math.max(reached, until);
      const before = [...inbox.authorising];
      await condition(() => inbox.waiting || before.every((id) => !inbox.authorising.has(id)));
    },
    perform<V extends Verb>(verb: V, given: Verbs[V]['in'], within: number) {
      const running = performVerb(
        verb,
        verb === 'subscribe' ? addressed(given as Subscription, state) : given,
        within,
      );
      if (verb === 'notify') notices.add(running);
      return running;
    },
  };
}

/** Where the sentinel's signals go: to this run and no other. */
function addressed(subscription: Subscription, { environment }: RolloutState) {
  const { workflowId, runId } = workflowInfo();
  return { ...subscription, workflowId, runId, environment };
}

function close(outcome: Outcome): RolloutResult {
  if (outcome.cancelled) throw new CancelledFailure(outcome.reason);
  switch (outcome.type) {
    case 'completed':
    case 'rolled-back':
      return { format: 1, outcome };
    case 'refused':
      throw ApplicationFailure.nonRetryable(outcome.reason, 'Refused', outcome);
    case 'halted':
      throw ApplicationFailure.nonRetryable(outcome.reason, 'Halted', outcome);
  }
}
