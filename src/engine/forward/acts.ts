import { attend, attended, listen, rest } from '../listen/attention.js';
import { apply } from './interrupt.js';
import { decideFailedAct } from './failed-act.js';
import { recheckBefore } from './recheck.js';
import { untilOpen, type Leave } from './window.js';
import { stepsOf, type Act, type Gate } from '../plan/plan.js';
import { keyOf, record, standStill, stepState, type Run } from '../state/run.js';
import type { Cause } from '../state/state.js';
import { RollBack } from '../state/interruptions.js';
import { awaitPassingGuards, expectExposure } from '../listen/subscription.js';

/** What comes after an act: the next step, or the gate before it, which has to be passed anew. */
export type AfterAct = 'next' | 'gate-again';

/** Carries out one act: its undo is registered before it starts. */
export async function performAct(run: Run, act: Act): Promise<AfterAct> {
  const { state } = run;
  for (;;) {
    if (state.stuck?.step !== act.id) {
      if (await prepare(run, act)) return 'gate-again';
      const failure = await attempt(run, act);
      if (failure === undefined) return 'next';
      if (!asks(act) || state.noReturn) throw new RollBack(failure);
    }
    // Asked, and perhaps in an earlier run already.
    if ((await decideFailedAct(run, act)) === 'skipped') return 'next';
  }
}

/** What cannot be undone comes last: its failure alone does not throw away all that was reached before it. */
function asks({ onFailure, undo }: Act): boolean {
  return onFailure === 'ask' || undo.type === 'irreversible';
}

/** Everything that has to be so before the act may start; true when leave given for it does not count any more. */
async function prepare(run: Run, act: Act): Promise<boolean> {
  const { state } = run;
  if (!state.captures[act.target]) await capture(run, act);
  if (act.exposure) await recheckBefore(run, act.exposure);
  for (;;) {
    await untilFree(run);
    const leave = await untilOpen(run, act);
    if (!leave) continue;
    // After the capture, which may take its time: nobody is exposed on evidence that has gone meanwhile.
    if (act.exposure) await awaitPassingGuards(run);
    attend(run);
    if (state.hold ?? state.paused) continue;
    // Guards may have taken their time, and a freeze have begun meanwhile.
    if (run.effects.now() >= leave.until) continue;
    if (isLeaveVoided(run)) {
      askAgain(run);
      return true;
    }
    if (!act.exposure || (await announce(run, act, act.exposure.percent, leave))) return false;
  }
}

/**
 * Has the guards judge who is about to have the candidate. Answers whether the act may start now: a pause, or a hold
 * that voids the leave given for it, may come meanwhile, and then nothing is announced any more.
 */
async function announce(run: Run, act: Act, percent: number, { until }: Leave): Promise<boolean> {
  const { state } = run;
  const { exposure } = state;
  const withdraw = await expectExposure(run, act, percent);
  const off = () => state.paused !== undefined || isLeaveVoided(run) || run.effects.now() >= until;
  try {
    attend(run);
    while (state.hold && !off()) await listen(run);
  } catch (error) {
    // Whatever stops it: nobody has the candidate, and nothing will be restored that would say so.
    state.exposure = exposure;
    throw error;
  }
  if (!off()) return true;
  await withdraw();
  return false;
}

/** One try under its own epoch; answers why it failed. */
async function attempt(run: Run, act: Act): Promise<Cause | undefined> {
  const { state, effects } = run;
  const step = stepState(run, act.id);
  step.status = 'running';
  step.startedAt = effects.now();
  if (!state.started.includes(act.id)) state.started.push(act.id);
  record(run, 'act-started', act.why, { step: act.id, epoch: step.epoch });
  // A try before this one, or another act, may have had an effect that no fence of this try can deny.
  const crosses = act.undo.type === 'irreversible' && !state.noReturn;
  if (act.undo.type === 'irreversible') crossPointOfNoReturn(run, act, act.undo.because);

  const result = await apply(run, act);

  step.endedAt = effects.now();
  if (result.ok) {
    step.status = 'done';
    record(run, 'act-done', act.verify, { step: act.id, epoch: step.epoch, evidence: result.value });
    return undefined;
  }
  step.status = 'failed';
  record(run, 'act-failed', result.error, { step: act.id, epoch: step.epoch });
  const cause: Cause = { type: 'act-failed', step: act.id, reason: result.error };
  if (crosses) await uncrossWhenWithoutEffect(run, act, cause);
  return cause;
}

/** Whether a hold began after the gate right before this act had passed. */
function isLeaveVoided(run: Run): boolean {
  return run.state.approvalVoided === true && gateBefore(run) !== undefined;
}

/** Leave given before a hold does not cover what starts after it: the gate opens anew, under its next epoch. */
function askAgain(run: Run): void {
  const before = gateBefore(run);
  if (!before) return;
  const gate = stepState(run, before.id);
  gate.epoch += 1;
  gate.status = 'pending';
  record(run, 'approvals-voided', 'a hold began before what they allow had started', { step: before.id });
}

function gateBefore({ state, plan }: Run): Gate | undefined {
  const before = stepsOf(plan)[state.cursor - 1]?.step;
  return before?.type === 'gate' ? before : undefined;
}

/** Waits until nothing keeps the next step from starting. */
async function untilFree(run: Run): Promise<void> {
  attend(run);
  while (run.state.hold ?? run.state.paused) await rest(run);
}

async function capture(run: Run, act: Act): Promise<void> {
  const { state, effects, plan } = run;
  const result = await attended(
    run,
    effects.perform('capture', { act, key: keyOf(run, act.id) }, plan.deadlines.act),
  );
  if (!result.ok) {
    throw new RollBack({
      type: 'act-failed',
      step: act.id,
      reason: `${act.target} could not be read: ${result.error}`,
    });
  }
  state.captures[act.target] = result.value;
  record(run, 'captured', `the known-good state of ${act.target}`, {
    step: act.id,
    evidence: result.value.state,
  });
}

/** Nothing awaits between the last look at the inbox and this mark: a breach signalled before the start wins. */
function crossPointOfNoReturn(run: Run, act: Act, because: string): void {
  run.state.noReturn = { step: act.id, at: run.effects.now() };
  record(run, 'no-return', because, { step: act.id });
}

async function uncrossWhenWithoutEffect(run: Run, act: Act, cause: Cause): Promise<void> {
  const { state, effects, plan } = run;
  standStill(run, cause);
  const result = await attended(
    run,
    effects.perform('fence', { act, key: keyOf(run, act.id) }, plan.deadlines.undo),
  );
  delete state.halting;
  if (!result.ok || result.value.effect !== 'none') return;
  delete state.noReturn;
  record(run, 'no-return-uncrossed', `a fenced read shows that ${act.id} had no effect`, { step: act.id });
}
