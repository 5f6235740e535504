import type { Current } from './acts.js';
import { attended, pause } from './attention.js';
import { confirmBaseline } from './confirm.js';
import { askOperator } from './operator.js';
import { actsOf, type Act, type Target } from './plan.js';
import type { Restored, Running } from './ports.js';
import { keyOf, notify, record, setStatus, startedActs, stepState, type Run } from './run.js';
import type { Cause, Outcome } from './state.js';
import { describeCause, Halt } from './stop.js';
import { nextSubscription } from './subscription.js';
import { verifyTargets } from './verify.js';

/**
 * Takes everything back: first what was taken from the baseline, then exposure in one hop, then every other act in
 * reverse order of start; then reads every target again. Exposure does not wait for the act that runs, all else does.
 */
export async function unwind(run: Run, cause: Cause, current: Current): Promise<Outcome> {
  const { state, plan, effects } = run;
  delete state.gate;
  delete state.hold;
  delete state.watch;
  state.unwinding = { cause, since: effects.now() };
  setStatus(run, 'unwinding');
  record(run, 'unwinding', describeCause(cause));
  notify(run, 'incident', `rolling back: ${describeCause(cause)}`);

  const { act: interrupted, running } = current;
  running?.cancel();
  const undone = startedActs(run).reverse();
  const takes = undone.filter((act) => act.takesFromBaseline);
  if (interrupted?.takesFromBaseline) await untilEnded(run, running);
  for (const act of takes) await undoAct(run, act);

  await restoreExposure(run, undone);
  const watching = startWatchingBaseline(run);
  await untilEnded(run, running);
  // An exposure that was under way may have landed after its restore: put it back once more, now that it has ended.
  if (interrupted?.exposure) await restoreExposure(run, [interrupted]);
  await drain(run, undone);
  for (const act of undone.filter((candidate) => !candidate.exposure && !candidate.takesFromBaseline)) {
    await undoAct(run, act);
  }

  const unverified = await verifyTargets(run);
  if (unverified.length > 0) {
    const reason = `${describeCause(cause)}; not verified: ${unverified.join(', ')}`;
    return { type: 'halted', reason };
  }
  state.unwinding.verifiedAt = effects.now();
  const confirmed = await confirmBaseline(run, watching);
  await attended(run, effects.perform('unsubscribe', { rollout: state.rollout }, plan.deadlines.preflight));
  return {
    type: 'rolled-back',
    reason: describeCause(cause),
    ...(!confirmed && { unconfirmed: true as const }),
    ...(cause.type === 'cancelled' && { cancelled: true as const }),
  };
}

async function untilEnded(run: Run, running: Running<unknown> | undefined): Promise<void> {
  while (running && !running.result) await pause(run, undefined, running);
}

/** One undo, tried for long; an operator decides when it still fails. */
async function undoAct(run: Run, act: Act, begun = beginUndo(run, act)): Promise<void> {
  const step = stepState(run, act.id);
  for (let running = begun; ; running = beginUndo(run, act)) {
    const result = await attended(run, running);
    if (result.ok) {
      step.status = 'undone';
      if (result.value.drift) record(run, 'drift', result.value.drift, { step: act.id });
      record(run, 'undone', describeUndo(act), {
        step: act.id,
        epoch: step.epoch,
        evidence: result.value.evidence,
      });
      return;
    }
    const problem = `its undo failed: ${result.error}`;
    const { choice, by, reason } = await askOperator(run, {
      step: act.id,
      problem,
      choices: ['retry', 'skip', 'halt'],
    });
    if (choice === 'halt') throw new Halt(`${by} halted the rollback at ${act.id}: ${reason}`);
    if (choice === 'skip') {
      step.status = 'skipped';
      record(run, 'undone', `skipped by ${by}: ${reason}`, { step: act.id, by });
      return;
    }
  }
}

function beginUndo(run: Run, act: Act): Running<Restored> {
  const step = stepState(run, act.id);
  step.status = 'undoing';
  record(run, 'undo-started', describeUndo(act), { step: act.id, epoch: step.epoch });
  return startUndo(run, act);
}

function startUndo(run: Run, act: Act): Running<Restored> {
  const { effects, plan, state } = run;
  const key = keyOf(run, act.id);
  const { undo } = act;
  switch (undo.type) {
    case 'restore': {
      const capture = state.captures[act.target];
      if (!capture) throw new TypeError(`${act.target} was captured before its first act`);
      return effects.perform('restore', { act, capture, key }, plan.deadlines.undo);
    }
    case 'act':
      return asRestored(effects.perform('undo', { act, action: undo.do, key }, plan.deadlines.undo));
    case 'nothing':
    case 'irreversible':
      return {
        result: { ok: true, value: { evidence: { because: undo.because } } },
        cancel: () => undefined,
      };
  }
}

function asRestored(running: Running<Restored['evidence']>): Running<Restored> {
  return {
    get result() {
      const { result } = running;
      return result?.ok ? { ok: true as const, value: { evidence: result.value } } : result;
    },
    cancel: () => running.cancel(),
  };
}

function describeUndo(act: Act): string {
  switch (act.undo.type) {
    case 'restore':
      return `${act.target} back to its captured state`;
    case 'act':
      return `${act.undo.do.kind} takes ${act.do.kind} back`;
    case 'nothing':
    case 'irreversible':
      return act.undo.because;
  }
}

/** Each exposure target goes to its first capture in one hop, whatever the number of acts that raised it. */
async function restoreExposure(run: Run, acts: readonly Act[]): Promise<void> {
  const { state, effects } = run;
  const latest = new Map<Target, Act>();
  for (const act of acts) if (act.exposure && !latest.has(act.target)) latest.set(act.target, act);
  if (latest.size === 0) return;
  // All begin before any is waited for: a target that resists does not keep the others exposed.
  const begun = [...latest.values()].map((act) => ({ act, running: beginUndo(run, act) }));
  for (const { act, running } of begun) await undoAct(run, act, running);
  for (const act of acts)
    if (act.exposure) stepState(run, act.id).status = stepState(run, latest.get(act.target)!.id).status;
  // Skipped by an operator it is still exposed, and nothing may say otherwise.
  if (begun.some(({ act }) => stepState(run, act.id).status === 'skipped')) return;
  state.exposure = 0;
  if (state.unwinding) state.unwinding.exposureRestoredAt = effects.now();
}

/** Requests that began under the old exposure end before anything they need is taken away. */
async function drain(run: Run, undone: readonly Act[]): Promise<void> {
  const restoredAt = run.state.unwinding?.exposureRestoredAt;
  if (restoredAt === undefined) return;
  const until = restoredAt + Math.max(0, ...undone.map((act) => act.exposure?.drain ?? 0));
  while (run.effects.now() < until) await pause(run, until);
}

/** From here on the sentinel looks at the baseline; the rollback does not wait for its answer. */
function startWatchingBaseline(run: Run): Running<unknown> | undefined {
  if (run.plan.guards.length === 0 || actsOf(run.plan).length === 0) return undefined;
  return run.effects.perform('subscribe', nextSubscription(run, 0), run.plan.deadlines.preflight);
}
