import { attend, attended, pause } from './attention.js';
import { performGate } from './gates.js';
import { stepsOf, type Act } from './plan.js';
import type { Running } from './ports.js';
import { keyOf, record, setStatus, standStill, stepState, type Run } from './run.js';
import type { Cause } from './state.js';
import { Stop } from './stop.js';
import { awaitPassingGuards, expectExposure } from './subscription.js';

/** The verb that is changing the world right now, so that unwinding can cancel it and wait for its end. */
export interface Current {
  act?: Act;
  running?: Running<unknown>;
}

/** Carries out one act: its undo is registered before it starts. */
export async function performAct(run: Run, act: Act, current: Current): Promise<void> {
  const { state, effects, plan } = run;
  do {
    if (!state.captures[act.target]) await capture(run, act);
    // After the capture, which may take its time: nobody is exposed on evidence that has gone meanwhile.
    if (act.exposure) await awaitPassingGuards(run);
    await untilNotHeld(run);
  } while (await askedAgain(run));
  if (act.exposure) await expectExposure(run, act.exposure.percent);
  await untilNotHeld(run);

  const step = stepState(run, act.id);
  step.status = 'running';
  step.startedAt = effects.now();
  if (!state.started.includes(act.id)) state.started.push(act.id);
  record(run, 'act-started', act.why, { step: act.id, epoch: step.epoch });
  // A try before this one, or another act, may have had an effect that no fence of this try can deny.
  const crosses = act.undo.type === 'irreversible' && !state.noReturn;
  if (act.undo.type === 'irreversible') crossPointOfNoReturn(run, act, act.undo.because);

  const running = effects.perform(
    'apply',
    { act, key: keyOf(run, act.id) },
    act.within ?? plan.deadlines.act,
  );
  current.act = act;
  current.running = running;
  const result = await attended(run, running);
  delete current.act;
  delete current.running;

  step.endedAt = effects.now();
  if (result.ok) {
    step.status = 'done';
    record(run, 'act-done', act.verify, { step: act.id, epoch: step.epoch, evidence: result.value });
    return;
  }
  step.status = 'failed';
  record(run, 'act-failed', result.error, { step: act.id, epoch: step.epoch });
  const cause: Cause = { type: 'act-failed', step: act.id, reason: result.error };
  if (crosses) await uncrossWhenWithoutEffect(run, act, cause);
  throw new Stop(cause);
}

/** Leave given before a hold does not cover what starts after it: its gate opens anew. */
async function askedAgain(run: Run): Promise<boolean> {
  const { state, plan } = run;
  const before = stepsOf(plan)[state.cursor - 1]?.step;
  if (before?.type !== 'gate' || !state.leaveVoided) return false;
  stepState(run, before.id).epoch += 1;
  record(run, 'approvals-voided', 'a hold began before what they allow had started', { step: before.id });
  await performGate(run, before);
  return true;
}

async function untilNotHeld(run: Run): Promise<void> {
  attend(run);
  while (run.state.hold) {
    setStatus(run, 'holding');
    await pause(run);
  }
  setStatus(run, 'running');
}

async function capture(run: Run, act: Act): Promise<void> {
  const { state, effects, plan } = run;
  const result = await attended(
    run,
    effects.perform('capture', { act, key: keyOf(run, act.id) }, plan.deadlines.act),
  );
  if (!result.ok) {
    throw new Stop({
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
function crossPointOfNoReturn({ state, effects, ...run }: Run, act: Act, because: string): void {
  state.noReturn = { step: act.id, at: effects.now() };
  record({ state, effects, ...run }, 'no-return', because, { step: act.id });
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
