import { performAct, type AfterAct } from './forward/acts.js';
import { attend, attended, listen, rest } from './listen/attention.js';
import { performGate } from './forward/gates.js';
import { haltPastNoReturn } from './forward/no-return.js';
import { actsOf, stepsOf, type Act, type ContractStep, type PlacedStep, type Plan } from './plan/plan.js';
import type { Effects } from './state/ports.js';
import { preflight } from './forward/preflight.js';
import { beginRetreat, retreat } from './back/retreat.js';
import { notify, record, standStill, type Run } from './state/run.js';
import { fenceLeftovers } from './back/leftovers.js';
import { acquireScope, releaseScope } from './listen/scope.js';
import type { Cause, Outcome, RolloutState } from './state/state.js';
import { recollect } from './back/recollect.js';
import { describeCause, Halt, Renewal, Reset, Retreat, RollBack } from './state/interruptions.js';
import { beginUnwinding, unwind } from './back/unwind.js';
import { performWatch } from './forward/watches.js';
import { untilDrilled } from './forward/window.js';

/**
 * Carries a plan out, from wherever the state says it stands. The same function runs in the workflow, the preview and
 * the tests: everything that differs stands behind `effects`. `state` is changed in place, so that it can be shown at
 * any moment. Answers `renewal` when it is to go on in a new run, from the state as it is then.
 */
export async function execute(
  plan: Plan,
  state: RolloutState,
  effects: Effects,
): Promise<Outcome | 'renewal'> {
  const run: Run = { plan, state, effects, underWay: { undos: new Set() } };
  if (state.journal.length === 0) {
    const reason = `${plan.runbook} for ${state.environment}: ${plan.why}`;
    const { digest, reverts, startedBy: by, start } = state;
    const evidence = { digest, ...(reverts && { reverts: reverts.rollout }) };
    record(run, 'started', reason, { by, ...start, evidence });
  }
  try {
    const outcome = await outcomeOf(run);
    await end(run, outcome);
    return outcome;
  } catch (error) {
    if (error instanceof Renewal) return 'renewal';
    throw error;
  }
}

/** Answers what still arrives when the rollout is over. */
export function answerAfterwards(plan: Plan, state: RolloutState, effects: Effects): void {
  attend({ plan, state, effects, underWay: { undos: new Set() } });
}

async function end(run: Run, outcome: Outcome): Promise<void> {
  const { state } = run;
  state.outcome = outcome;
  if (outcome.type !== 'rolled-back') await leaveSentinel(run);
  await releaseScope(run);
  attend(run);
  const { type, reason, cause, unconfirmed } = outcome;
  const facts = { outcome: type, ...(cause && { cause }) };
  record(run, 'ended', `${type}: ${reason}`, { evidence: facts });
  notify(run, 'news', `${type}: ${reason}`, { outcome: type, ...(unconfirmed && { unconfirmed }) });
}

async function outcomeOf(run: Run): Promise<Outcome> {
  const { state } = run;
  for (;;) {
    try {
      if (state.reverts) return await revertOther(run, state.reverts);
      // A run that begins here may have been reset: nothing is taken back before it has heard of that.
      if (state.unwinding) attend(run);
      if (state.unwinding) return await unwind(run, state.unwinding);
      if (state.halting) await haltPastNoReturn(run, state.halting);
      if (state.retreating) await retreat(run);
      await preflight(run);
      await performSteps(run);
      return { type: 'completed', reason: whatIsDone(run) };
    } catch (error) {
      if (error instanceof Reset) continue;
      if (error instanceof Halt) return await halted(run, error);
      if (error instanceof Retreat) {
        beginRetreat(run, error);
        continue;
      }
      const cause = causeOf(error);
      if (!state.ready && !state.forgetful && state.started.length === 0) return refused(run, cause);
      if (state.noReturn) standStill(run, cause);
      else beginUnwinding(run, cause);
    }
  }
}

/** Nothing of this rollout's own is done: it only takes back what another one did. */
async function revertOther(
  run: Run,
  { by, reason, rollout }: NonNullable<RolloutState['reverts']>,
): Promise<Outcome> {
  const { state } = run;
  const stop = (act: Act, problem: string) => {
    throw new RollBack({ type: 'act-failed', step: act.id, reason: problem });
  };
  try {
    attend(run);
    await recollect(run);
    await acquireScope(run);
    state.ready = true;
    if (!state.unwinding) await fenceLeftovers(run, stop);
  } catch (error) {
    if (error instanceof Reset || error instanceof Halt) throw error;
    return refused(run, causeOf(error));
  }
  return unwind(run, beginUnwinding(run, { type: 'taken-back', rollout, by, reason }));
}

async function performSteps(run: Run): Promise<void> {
  const { state } = run;
  const steps = stepsOf(run.plan);
  for (;;) {
    // A question that is open already is not closed by a pause.
    while (state.paused && !state.stuck) await rest(run);
    const placed = steps[state.cursor];
    if (!placed) return;
    if (state.phase !== placed.phase) {
      state.phase = placed.phase;
      record(run, 'phase-entered', placed.phase);
    }
    if (beginsToPromote(steps, state.cursor)) await untilDrilled(run, placed.step);
    const after = await perform(run, placed.step);
    state.cursor += after === 'next' ? 1 : -1;
  }
}

/**
 * Whether the next step is the first of those after which everybody has the candidate, or the baseline is taken away. A plan
 * may give it to everybody in its canary, and promote nothing.
 */
function beginsToPromote(steps: readonly PlacedStep[], cursor: number): boolean {
  const isLate = ({ phase, step }: PlacedStep) =>
    phase === 'promote' || phase === 'contract' || (step.type === 'act' && step.exposure?.percent === 100);
  return cursor === steps.findIndex(isLate);
}

async function perform(run: Run, step: ContractStep): Promise<AfterAct> {
  switch (step.type) {
    case 'act':
      return performAct(run, step);
    case 'watch':
      await performWatch(run, step);
      return 'next';
    case 'gate':
      await performGate(run, step);
      return 'next';
  }
}

function whatIsDone({ plan, state }: Run): string {
  const skipped = actsOf(plan).flatMap(({ id }) => (state.steps[id]?.status === 'done' ? [] : [id]));
  const all = 'every step is done and verified';
  return skipped.length === 0 ? all : `${all}, but for ${skipped.join(', ')}, which was skipped`;
}

function refused(run: Run, cause: Cause): Outcome {
  const reason = `nothing was changed: ${describeCause(cause)}`;
  record(run, 'refused', reason);
  return { type: 'refused', reason, cause, ...(cause.type === 'cancelled' && { cancelled: true as const }) };
}

/** The answer does not matter: the sentinel drops a rollout that is over by itself. */
async function leaveSentinel(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  if (!state.subscription) return;
  delete state.subscription;
  await attended(run, effects.perform('unsubscribe', { rollout: state.rollout }, plan.deadlines.preflight));
}

/** What is under way is not left running behind a rollout that is over: it stops at a safe place first. */
async function halted(run: Run, { message }: Halt): Promise<Outcome> {
  const { act, undos } = run.underWay;
  run.state.halting ??= { type: 'halted', reason: message };
  delete run.state.stuck;
  const running = [...(act ? [act.running] : []), ...undos];
  for (const one of running) one.cancel();
  for (const one of running) while (!one.result) await listen(run, undefined, one);
  return { type: 'halted', reason: message };
}

function causeOf(error: unknown): Cause {
  if (error instanceof RollBack) return error.reason;
  throw error;
}
