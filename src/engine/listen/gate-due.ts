import { askedNow } from '../state/gate.js';
import { approvalOf } from '../state/rights.js';
import { isOver, notify, record, type Run } from '../state/run.js';
import type { OpenGate } from '../state/state.js';

/**
 * Tells those again who have not answered the open gate, and asks the other group, once each. Before a message is dealt
 * with: whoever was asked in time may answer.
 */
export function reviewGate(run: Run): void {
  const { gate } = run.state;
  if (!gate || !isAsking(run)) return;
  const now = run.effects.now();
  if (gate.escalateAt !== undefined && now >= gate.escalateAt) escalate(run, gate);
  if (gate.remindAt !== undefined && now >= gate.remindAt) remind(run, gate);
}

/** When somebody is told next; undefined when nobody is, or nobody could answer now. */
export function gateDue(run: Run): number | undefined {
  const { gate } = run.state;
  if (!gate || !isAsking(run)) return undefined;
  const due = [gate.remindAt, gate.escalateAt].filter((at) => at !== undefined);
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** On hold nothing can be approved, and paused the gate does not move: nobody is told to answer what they cannot. */
function isAsking(run: Run): boolean {
  const { hold, paused, stuck, retreating } = run.state;
  return !isOver(run) && (hold ?? paused ?? stuck ?? retreating) === undefined;
}

function escalate(run: Run, gate: OpenGate): void {
  const to = approvalOf(run.plan, gate.step)?.escalate?.to;
  delete gate.escalateAt;
  if (to === undefined) return;
  gate.escalated = { to, at: run.effects.now() };
  tell(run, gate, 'gate-escalated', `${to} is asked, too`, [to]);
}

function remind(run: Run, gate: OpenGate): void {
  delete gate.remindAt;
  tell(run, gate, 'gate-reminded', 'its deadline comes', askedNow(run.plan, gate)?.by ?? []);
}

function tell(
  run: Run,
  gate: OpenGate,
  type: 'gate-escalated' | 'gate-reminded',
  what: string,
  to: readonly string[],
): void {
  const { quorum = 0 } = askedNow(run.plan, gate) ?? {};
  const given = gate.approvals.length;
  const about = { step: gate.step, epoch: gate.epoch };
  record(run, type, `${what}: ${given} of ${quorum}`, { ...about, evidence: { to, given, quorum } });
  notify(run, 'question', `${gate.step} has ${given} of ${quorum} approvals: ${what}`, { to });
}
