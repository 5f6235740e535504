import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { planDigest } from '../src/engine/digest.js';
import { answerAfterwards, execute } from '../src/engine/execute.js';
import type { Plan } from '../src/engine/plan.js';
import { statusReport } from '../src/engine/report.js';
import { initialState, type Outcome, type RolloutState } from '../src/engine/state.js';
import { validate } from '../src/engine/validate.js';
import { dueWithin } from './alarm.js';
import { effectsOf } from './effects.js';
import { startExporter } from './exporter.js';
import { openInbox, type Inbox } from './inbox.js';
import { journalQuery, planQuery, statusQuery, type RolloutInput, type RolloutResult } from './protocol.js';
import { recall } from './recall.js';
import { carriedOver, chainMemo, exportedBefore } from './renewal.js';
import { createVisibility, refuseToBegin } from './visibility.js';

/**
 * Milliseconds for which a rollout that is over waits for its journal and notices to leave; history keeps both in any
 * case. Longer than an attempt at either may take: what died with its worker is tried again.
 */
const flushTime = 180_000;

/** One rollout: the interpreter of `src/engine` with Temporal's timers, signals and activities as its effects. */
export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  const { plan, state } = await begin(input);
  const inbox = openInbox(state);
  setHandler(statusQuery, () => statusReport(plan, state));
  setHandler(planQuery, () => plan);
  setHandler(journalQuery, () => state.journal);
  listenForCancellation(inbox);

  // Everything runs out of reach of the workflow's cancellation: compensation has to finish.
  const ended = await CancellationScope.nonCancellable(async () => {
    const exporter = startExporter(state.rollout, state.journal, exportedBefore(input, state));
    const visibility = createVisibility(plan, state);
    const { effects, notified } = effectsOf({ plan, state, inbox, visibility, exporter, input });
    const outcome = await execute(plan, state, effects);
    if (outcome === 'renewal') return { next: carriedOver(input, plan, state, exporter.exported()) };
    visibility.show();
    exporter.hurry();
    const gone = () => allHandlersFinished() && exporter.flushed() && notified();
    do {
      while (inbox.waiting || !allHandlersFinished()) {
        answerAfterwards(plan, state, effects);
        await condition(() => inbox.waiting || allHandlersFinished());
      }
      // Whoever decides while it leaves is answered, too.
      await dueWithin(flushTime, () => inbox.waiting || gone());
    } while (inbox.waiting);
    return { outcome };
  });
  if ('outcome' in ended) return close(ended.outcome);
  const goOn = makeContinueAsNewFunc<typeof rollout>({ memo: { ...chainMemo(plan, state) } });
  return goOn(ended.next);
}

/** The plan and where it stands: nowhere yet, where the run before stood, or where another rollout ended. */
async function begin(input: RolloutInput): Promise<{ plan: Plan; state: RolloutState }> {
  const { environment, startedBy, wait } = input;
  const own = { rollout: workflowInfo().workflowId, environment, startedBy, ...(wait === false && { wait }) };
  if ('takesBack' in input) return recall(own, input.takesBack);
  if (input.state) return { plan: input.plan, state: input.state };
  const { plan, digest } = input;
  return { plan: acceptPlan(plan, digest), state: initialState(plan, { ...own, digest }) };
}

function acceptPlan(plan: Plan, digest: string): Plan {
  try {
    validate(plan);
  } catch (error) {
    refuseToBegin(error instanceof Error ? error.message : String(error));
  }
  if (planDigest(plan) !== digest) refuseToBegin(`the plan's digest is ${planDigest(plan)}, not ${digest}`);
  return plan;
}

function listenForCancellation(inbox: Inbox): void {
  CancellationScope.current().cancelRequested.catch(() =>
    inbox.push({ type: 'cancel', reason: 'asked for from outside, through Temporal' }),
  );
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
