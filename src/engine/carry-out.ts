import { mayRetreat } from './judge.js';
import type { Decision } from './messages.js';
import { watchOf } from './rights.js';
import { record, type Run } from './run.js';
import { Halt, Retreat, Stop } from './stop.js';

/** Does what an accepted decision says; throws `Stop`, `Halt` or `Retreat` when that ends what is under way. */
export function carryOut(run: Run, decision: Decision): void {
  const { state, effects } = run;
  const by = decision.by.name;
  const reason = decision.reason ?? 'no reason given';
  switch (decision.type) {
    case 'approve':
      state.gate?.approvals.push({ by, at: effects.now() });
      return;
    case 'reject':
      throw new Stop({ type: 'rejected', step: decision.step, by, reason });
    case 'abort':
      throw new Stop({ type: 'aborted', by, reason });
    case 'pause':
      return pause(run, by, reason, decision.exposure);
    case 'resume':
      return resume(run, by, reason);
    case 'advance':
      return advance(run, by, reason);
    case 'extend':
      return extend(run, decision.ms);
    case 'halt':
      return halt(run, by, reason);
    case 'answer':
      if (decision.choice === 'roll-back') throw new Stop({ type: 'answered', by, reason });
      return waitLonger(run);
    case 'resolve':
      if (state.stuck) state.stuck.resolution = { choice: decision.choice, by, reason };
      return;
  }
}

function pause(run: Run, by: string, reason: string, exposure: 'zero' | undefined): void {
  const { state, effects } = run;
  if (!state.paused) {
    state.paused = { since: effects.now(), by, reason };
    record(run, 'paused', reason, { by });
  }
  if (exposure === 'zero' && mayRetreat(state) && !state.retreating) throw new Retreat(by, reason);
}

/** Time that people could not use is given back to them. */
function resume(run: Run, by: string, reason: string): void {
  const { state, effects } = run;
  const { paused, gate } = state;
  if (!paused) return;
  if (gate) gate.deadline += effects.now() - Math.max(paused.since, gate.since);
  delete state.paused;
  record(run, 'resumed', reason, { by });
}

/** The window is judged now, against the shorter length; without a guard there is nothing to judge but the time. */
function advance({ state, effects, plan }: Run, by: string, reason: string): void {
  const { watch } = state;
  if (!watch) return;
  watch.advanced = { by, reason };
  const after = plan.guards.length > 0 ? 0 : (watchOf(plan, watch.step)?.early?.after ?? 0);
  watch.endsAt = Math.max(effects.now(), Math.min(watch.endsAt, watch.since + after));
}

function extend({ state }: Run, ms: number): void {
  if (!state.watch) return;
  state.watch.extended = (state.watch.extended ?? 0) + ms;
  state.watch.endsAt += ms;
}

function halt({ state, underWay }: Run, by: string, reason: string): void {
  if (state.stuck) {
    state.stuck.resolution = { choice: 'halt', by, reason };
    return;
  }
  if (!state.unwinding && !state.retreating) throw new Halt(`${by} halted: ${reason}`);
  // What takes something back is not left in the middle: it ends, or stops at a safe place, and then it is over.
  state.haltAsked = { by, reason };
  for (const undo of underWay.undos) undo.cancel();
}

function waitLonger({ state, effects, plan }: Run): void {
  const { hold } = state;
  if (!hold) return;
  hold.askAt = effects.now() + plan.deadlines.ask;
  hold.asked = false;
  if (hold.giveUpAt !== undefined) hold.giveUpAt = effects.now() + plan.deadlines.giveUp;
}
