import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  makeContinueAsNewFunc,
} from '@temporalio/workflow';
import { answerAfterwards, execute } from '../../src/engine/execute.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { statusReport } from '../../src/engine/tell/report.js';
import { initialState, type Outcome, type RolloutState } from '../../src/engine/state/state.js';
import { validate } from '../../src/engine/plan/validate.js';
import { dueWithin } from '../sdk/alarm.js';
import { effectsOf } from './effects.js';
import { startExporter } from '../journal/exporter.js';
import { openInbox, type Inbox } from './inbox.js';
import { scaled } from '../../src/drill/scale.js';
import type { UnderDrill } from '../../src/protocol/drill.js';
import type { RolloutInput, RolloutResult } from '../../src/protocol/rollout.js';
import { recall } from './recall.js';
import { roomFor } from './room.js';
import { listen } from '../doors/listen.js';
import { refuseForeignStart } from '../doors/starts.js';
import { isDrill, isShared } from '../doors/kind.js';
import { admittedStart, refuseForeignState, startedByName } from './admit-start.js';
import { doors } from '../../src/protocol/doors.js';
import { carriedOver, chainMemo, exportedBefore } from './renewal.js';
import { thisRun } from '../sdk/run.js';
import { createVisibility, refuseToBegin } from './visibility.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

/**
 * Milliseconds for which a rollout that is over waits for its journal and notices to leave; history keeps both in any
 * case. Longer than an attempt at either may take: what died with its worker is tried again.
 */
const flushTime = 180_000;

/** One rollout: the interpreter of `src/engine` with Temporal's timers, signals and activities as its effects. */
export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  refuseForeignStart(input);
  const { plan, state } = await begin(input);
  // A drill shortens what a rollout waits for. What it is known by, and what is kept of it, is the plan itself.
  const played = asPlayed(plan, input.drill);
  const before = exportedBefore(input, state);
  const exporter = startExporter(state.rollout, before, state.journal.slice(before));
  // Only a run before it can have left something.
  const unheard = ('plan' in input && input.state && input.unheard) || { waiting: [] };
  const inbox = openInbox(state, unheard, roomFor(exporter));
  listen(doors.rollout, {
    ...inbox.listeners,
    queries: { status: () => statusReport(played, state), plan: () => plan, journal: () => state.journal },
  });
  listenForCancellation(inbox);

  // Everything runs out of reach of the workflow's cancellation: compensation has to finish.
  const ended = await CancellationScope.nonCancellable(async () => {
    const visibility = createVisibility(played, state);
    const { effects, notified } = effectsOf({ plan, state, inbox, visibility, exporter, input });
    // Whoever decided before a deadline that has passed meanwhile is heard before it; a breach waits for nobody.
    const heard = inbox.hearing();
    await condition(() => inbox.waiting || heard());
    const outcome = await execute(played, state, effects);
    if (outcome === 'renewal')
      return { next: carriedOver(input, plan, state, exporter.exported(), inbox.left()) };
    inbox.settle();
    visibility.show();
    exporter.hurry();
    const decided = inbox.hearing();
    const answered = () => allHandlersFinished() && decided();
    const gone = () => answered() && exporter.flushed() && notified();
    do {
      while (inbox.waiting || !answered()) {
        answerAfterwards(played, state, effects);
        await condition(() => inbox.waiting || answered());
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
  if ('plan' in input && input.state) {
    refuseForeignState();
    return { plan: input.plan, state: input.state };
  }
  const { environment, startedBy, askedFor, fromFile, wait } = input;
  const start = isShared() ? await admittedStart(input) : startedByName(input);
  const own = {
    rollout: thisRun().workflowId,
    environment,
    startedBy,
    start,
    ...(askedFor !== undefined && { askedFor }),
    ...(fromFile && { fromFile }),
    ...(wait === false && { wait }),
  };
  if ('reverts' in input) return recall(own, input.reverts);
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

/** The plan as it is carried out: in the time of a drill where this is one, and only where drills are at home. */
function asPlayed(plan: Plan, drill: UnderDrill | undefined): Plan {
  if (drill === undefined) return plan;
  if (!isDrill()) refuseToBegin('it is to run in the time of a drill, and this is no drill environment');
  const { timeScale } = drill;
  if (timeScale > 0 && timeScale <= 1) return scaled(plan, drill);
  refuseToBegin(`its time scale is ${timeScale}: give a number above 0 and at most 1`);
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
