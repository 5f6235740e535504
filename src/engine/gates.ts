import { attend, rest } from './attention.js';
import { askOperator } from './operator.js';
import type { Gate } from './plan.js';
import { notify, record, stepState, type Run } from './run.js';
import type { OpenGate } from './state.js';
import { Halt, Stop } from './stop.js';

/** Waits for leave. Approval is bound to the rollout, this step, its epoch and the plan's digest. */
export async function performGate(run: Run, gate: Gate): Promise<void> {
  const { state, effects } = run;
  const step = stepState(run, gate.id);
  for (;;) {
    const asksOperator = state.stuck?.step === gate.id;
    const open = state.gate?.step === gate.id ? state.gate : asksOperator ? undefined : openGate(run, gate);
    if (open && (await untilDecided(run, open, gate.leave.quorum))) {
      delete state.gate;
      delete state.leaveVoided;
      step.epoch = open.epoch;
      step.status = 'done';
      step.endedAt = effects.now();
      const by = open.approvals.map((approval) => approval.by).join(', ');
      record(run, 'gate-passed', `approved by ${by}`, { step: gate.id, epoch: step.epoch });
      return;
    }
    await afterExpiry(run, gate, open);
    step.epoch += 1;
  }
}

function openGate(run: Run, gate: Gate): OpenGate {
  const { state, effects } = run;
  const { leave } = gate;
  const step = stepState(run, gate.id);
  const since = effects.now();
  step.status = 'running';
  step.startedAt ??= since;
  const open: OpenGate = {
    step: gate.id,
    epoch: step.epoch,
    since,
    deadline: since + leave.within,
    approvals: [],
  };
  state.gate = open;
  record(run, 'gate-opened', gate.why, { step: gate.id, epoch: open.epoch });
  notify(run, 'question', `${gate.id} asks ${leave.quorum} of ${leave.by.join(', ')}: ${gate.why}`);
  return open;
}

/** Does what the plan says of a gate nobody opened in time; comes back only when an operator has it asked again. */
async function afterExpiry(run: Run, gate: Gate, open: OpenGate | undefined): Promise<void> {
  const { leave } = gate;
  if (open) {
    delete run.state.gate;
    stepState(run, gate.id).epoch = open.epoch;
  }
  const reason = `${open?.approvals.length ?? 0} of ${leave.quorum} approvals came in time`;
  if (leave.onExpiry === 'roll-back') throw new Stop({ type: 'expired', step: gate.id, reason });
  const { choice, by } = await askOperator(run, {
    step: gate.id,
    problem: `expired: ${reason}`,
    choices: ['retry', 'halt'],
  });
  if (choice === 'halt') throw new Halt(`${by} halted at ${gate.id}`);
}

/** While it is paused the gate neither opens nor expires. */
async function untilDecided(run: Run, open: OpenGate, quorum: number): Promise<boolean> {
  const { state } = run;
  for (;;) {
    attend(run);
    if (open.approvals.length >= quorum && !state.hold && !state.paused) return true;
    if (run.effects.now() >= open.deadline && !state.paused) return false;
    await rest(run, state.paused ? undefined : open.deadline);
  }
}
