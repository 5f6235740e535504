import { mayRetreat } from './admit.js';
import { admittedAs } from './judge-gate.js';
import { laterBy, putOff } from '../state/gate.js';
import type { Decision } from '../state/messages.js';
import { watchOf } from '../state/rights.js';
import { personBehind } from '../state/people.js';
import { notify, record, type Run } from '../state/run.js';
import { peopleForGlass } from './judge-glass.js';
import { Halt, Retreat, RollBack } from '../state/interruptions.js';

/** Does what an accepted decision says; throws `RollBack`, `Halt` or `Retreat` when that ends what is under way. */
export function carryOut(run: Run, decision: Decision): void {
  const { state } = run;
  const by = decision.by.name;
  const reason = decision.reason ?? 'no reason given';
  switch (decision.type) {
    case 'approve':
      return approve(run, decision);
    case 'comment':
      return;
    case 'break-glass':
      return breakGlass(run, decision, reason);
    case 'reject':
      throw new RollBack({ type: 'rejected', step: decision.step, by, reason });
    case 'abort':
      throw new RollBack({ type: 'aborted', by, reason });
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
      if (decision.choice === 'roll-back') throw new RollBack({ type: 'answered', by, reason });
      return waitLonger(run);
    case 'resolve':
      if (state.stuck) state.stuck.resolution = { choice: decision.choice, by, reason };
      return;
  }
}

function approve(run: Run, decision: Decision): void {
  const admitted = admittedAs(run, decision);
  if ('refused' in admitted) return;
  run.state.gate?.approvals.push({ ...admitted.approval, at: run.effects.now() });
}

/** Somebody is called in any case: a freeze has its reasons. */
function breakGlass(
  run: Run,
  { by, incident }: Extract<Decision, { type: 'break-glass' }>,
  reason: string,
): void {
  const { state, effects } = run;
  const person = personBehind(by);
  const one = { by: by.name, at: effects.now(), ...(person !== by.name && { people: [person] }) };
  const all = [...(state.glass?.by ?? []), one];
  const enough = all.length >= peopleForGlass;
  state.glass = { incident, reason, by: all, ...(enough && { brokenAt: effects.now() }) };
  if (!enough) return;
  const names = all.map((each) => each.by);
  record(run, 'glass-broken', `${incident}: ${reason}`, { by: by.name, evidence: { incident, by: names } });
  notify(run, 'incident', `${names.join(' and ')} let it pass a freeze, for ${incident}: ${reason}`);
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
  if (gate) laterBy(gate, effects.now() - Math.max(paused.since, gate.since));
  delete state.paused;
  // Whoever knows that a freeze was called off does not wait for the next look.
  if (state.frozen) state.frozen.lookAt = effects.now();
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

function extend({ state, plan }: Run, ms: number): void {
  if (!state.watch) {
    if (state.gate) putOff(plan, state.gate, ms);
    return;
  }
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
