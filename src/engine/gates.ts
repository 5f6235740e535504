import { attend, pause } from './attention.js';
import type { Gate } from './plan.js';
import { notify, record, setStatus, stepState, type Run } from './run.js';
import { askOperator } from './operator.js';
import { Halt, Stop } from './stop.js';

/** Waits for leave. Approval is bound to the rollout, this step, its epoch and the plan's digest. */
export async function performGate(run: Run, gate: Gate): Promise<void> {
  const { state, effects } = run;
  const { leave } = gate;
  const step = stepState(run, gate.id);
  step.status = 'running';
  step.startedAt = effects.now();

  for (;;) {
    const since = effects.now();
    const open: NonNullable<typeof state.gate> = {
      step: gate.id,
      epoch: step.epoch,
      since,
      deadline: since + leave.within,
      approvals: [],
    };
    state.gate = open;
    record(run, 'gate-opened', gate.why, { step: gate.id, epoch: open.epoch });
    notify(run, 'question', `${gate.id} asks ${leave.quorum} of ${leave.by.join(', ')}: ${gate.why}`);
    const passed = await untilDecided(run, open, leave.quorum);
    delete state.gate;
    step.epoch = open.epoch;
    if (passed) {
      delete state.leaveVoided;
      step.status = 'done';
      step.endedAt = effects.now();
      const by = open.approvals.map((approval) => approval.by).join(', ');
      record(run, 'gate-passed', `approved by ${by}`, { step: gate.id, epoch: step.epoch });
      return;
    }
    const reason = `${open.approvals.length} of ${leave.quorum} approvals came in time`;
    if (leave.onExpiry === 'roll-back') throw new Stop({ type: 'expired', step: gate.id, reason });
    const choices = ['retry', 'halt'] as const;
    const { choice, by } = await askOperator(run, { step: gate.id, problem: `expired: ${reason}`, choices });
    if (choice === 'halt') throw new Halt(`${by} halted at ${gate.id}`);
    step.epoch += 1;
  }
}

async function untilDecided(
  run: Run,
  open: NonNullable<Run['state']['gate']>,
  quorum: number,
): Promise<boolean> {
  for (;;) {
    attend(run);
    setStatus(run, run.state.hold ? 'holding' : 'waiting');
    if (open.approvals.length >= quorum && !run.state.hold) return true;
    if (run.effects.now() >= open.deadline) return false;
    await pause(run, open.deadline);
  }
}
