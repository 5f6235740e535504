import { attend } from '../listen/attention.js';
import { lookAtDrills, restUntil } from '../listen/drilled.js';
import { askOperator } from '../listen/operator.js';
import { lookWhoCan } from '../listen/able.js';
import type { Approval, Gate } from '../plan/plan.js';
import { beware } from '../state/blind-spots.js';
import { approvedBy } from '../state/people.js';
import { notify, record, stepState, type Run } from '../state/run.js';
import type { OpenGate } from '../state/state.js';
import { Halt, RollBack } from '../state/interruptions.js';

/** Waits for approval. Approval is bound to the rollout, this step, its epoch and the plan's digest. */
export async function performGate(run: Run, gate: Gate): Promise<void> {
  const { state, effects } = run;
  const step = stepState(run, gate.id);
  for (;;) {
    const asksOperator = state.stuck?.step === gate.id;
    if (state.gate?.step !== gate.id && !asksOperator) await lookAtDrills(run);
    const open = state.gate?.step === gate.id ? state.gate : asksOperator ? undefined : openGate(run, gate);
    if (open) await lookWhoCan(run, open);
    if (open && (await untilDecided(run, open, gate.approval.quorum))) {
      delete state.gate;
      delete state.approvalVoided;
      step.epoch = open.epoch;
      step.status = 'done';
      step.endedAt = effects.now();
      const by = open.approvals.map(approvedBy).join(', ');
      record(run, 'gate-passed', `approved by ${by}`, { step: gate.id, epoch: step.epoch });
      return;
    }
    await afterExpiry(run, gate, open);
    step.epoch += 1;
  }
}

function openGate(run: Run, gate: Gate): OpenGate {
  const { state, effects } = run;
  const { approval } = gate;
  const step = stepState(run, gate.id);
  const since = effects.now();
  step.status = 'running';
  step.startedAt ??= since;
  const open: OpenGate = {
    step: gate.id,
    epoch: step.epoch,
    since,
    deadline: since + approval.within,
    approvals: [],
    ...dueTimes(approval, since),
  };
  state.gate = open;
  const blind = beware(state);
  const broken = state.drilled?.proof?.broken;
  const asked = `${gate.why}${blind?.text ?? ''}${broken === undefined ? '' : `; beware, ${broken}`}`;
  const about = { step: gate.id, epoch: open.epoch, ...(blind && { evidence: blind.evidence }) };
  record(run, 'gate-opened', asked, about);
  notify(run, 'question', `${gate.id} asks ${approval.quorum} of ${approval.by.join(', ')}: ${asked}`);
  return open;
}

function dueTimes({ within, remind, escalate }: Approval, since: number): Partial<OpenGate> {
  return {
    ...(remind !== undefined && { remindAt: since + within - remind }),
    ...(escalate && { escalateAt: since + escalate.after }),
  };
}

/** Does what the plan says of a gate nobody opened in time; comes back only when an operator has it asked again. */
async function afterExpiry(run: Run, gate: Gate, open: OpenGate | undefined): Promise<void> {
  const { approval } = gate;
  if (open) {
    delete run.state.gate;
    stepState(run, gate.id).epoch = open.epoch;
  }
  const reason = `${open?.approvals.length ?? 0} of ${approval.quorum} approvals came in time`;
  if (approval.onExpiry === 'roll-back') throw new RollBack({ type: 'expired', step: gate.id, reason });
  const { choice, by } = await askOperator(run, {
    step: gate.id,
    problem: `expired: ${reason}`,
    choices: ['retry', 'halt'],
  });
  if (choice === 'halt') throw new Halt(`${by} halted at ${gate.id}`);
}

/** How often people are still to be told of it. */
function toTell({ remindAt, escalateAt }: OpenGate): number {
  return [remindAt, escalateAt].filter((at) => at !== undefined).length;
}

/** While it is paused the gate neither opens nor expires. */
async function untilDecided(run: Run, open: OpenGate, quorum: number): Promise<boolean> {
  const { state } = run;
  let told = toTell(open);
  for (;;) {
    attend(run);
    if (toTell(open) < told) await lookWhoCan(run, open);
    told = toTell(open);
    if (open.approvals.length >= quorum && !state.hold && !state.paused) return true;
    if (run.effects.now() >= open.deadline && !state.paused) return false;
    await restUntil(run, state.paused ? undefined : open.deadline, open.since);
  }
}
