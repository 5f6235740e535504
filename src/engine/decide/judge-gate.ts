import { formatDuration } from '../base/duration.js';
import { evidenceKept } from '../plan/plan.js';
import { askedNow } from '../state/gate.js';
import type { Answer, Decision } from '../state/messages.js';
import { operatorGroups, outsider } from '../state/rights.js';
import type { Run } from '../state/run.js';
import type { RolloutState } from '../state/state.js';
import { accept, refuse } from './answer.js';
import { admitApproval, mayNotReject } from './approvals.js';

type Answering = Extract<Decision, { type: 'approve' | 'reject' }>;

/** Approves or rejects the open gate: this one, in this try, for this plan. */
export function judgeAnswer(run: Run, decision: Answering): Answer {
  const { gate, digest } = run.state;
  if (!gate) return refuse('no gate is open now');
  if (decision.step !== gate.step) return refuse(`${decision.step} is not open; ${gate.step} is`);
  if (decision.digest !== digest) return refuse(`it is for another plan; this one is ${digest}`);
  if (decision.epoch !== gate.epoch)
    return refuse('it was given before a hold or a new asking: look, and decide again');
  return decision.type === 'reject' ? judgeRejection(run, decision) : judgeApproval(run, decision);
}

/** As whom an approval of the open gate counts, or why it does not. */
export function admittedAs({ plan, state }: Run, decision: Decision): ReturnType<typeof admitApproval> {
  const asked = state.gate && askedNow(plan, state.gate);
  if (!asked || !state.gate) return { refused: 'no gate is open now' };
  return admitApproval(asked, startersOf(state, decision), state.gate.approvals, decision.by);
}

function judgeRejection({ plan, state }: Run, { by }: Decision): Answer {
  const asked = state.gate && askedNow(plan, state.gate);
  const outside = asked ? mayNotReject(asked, by) : 'no gate is open now';
  return outside === undefined ? accept('everything is taken back') : refuse(outside);
}

function judgeApproval(run: Run, decision: Decision): Answer {
  const { plan, state } = run;
  const admitted = admittedAs(run, decision);
  if ('refused' in admitted) return refuse(admitted.refused);
  const asked = state.gate && askedNow(plan, state.gate);
  const missing = (asked?.quorum ?? 0) - (state.gate?.approvals.length ?? 0) - 1;
  if (missing > 0) return accept(`${missing} more needed`);
  return accept(state.paused ? 'the gate opens when somebody resumes' : 'the gate opens');
}

/** The people behind the start. A name is its own person where nothing else is known of it. */
function startersOf({ startedBy, askedFor }: RolloutState, { starters }: Decision): readonly string[] {
  return starters ?? [startedBy, ...(askedFor === undefined ? [] : [askedFor])];
}

/** "Not yet" is no reject: whoever is asked, or operates it, may have the deadline come later. */
export function judgeLaterDeadline(run: Run, { by, ms }: Extract<Decision, { type: 'extend' }>): Answer {
  const { plan, state, effects } = run;
  const asked = state.gate && askedNow(plan, state.gate);
  if (!state.gate || !asked) return refuse('no gate is open now');
  const outside = outsider(by, [...new Set([...operatorGroups(plan), ...asked.by])]);
  if (outside !== undefined) return refuse(outside);
  // What it was approved for is judged by evidence, and that is kept for so long.
  const left = evidenceKept - (state.gate.deadline - effects.now());
  if (ms > left) return refuse(`it can wait ${formatDuration(Math.max(0, left))} longer at most`);
  return accept(`it waits for ${formatDuration(ms)} more`);
}

/** Whoever is known may say something: it changes nothing. */
export function judgeComment({ reason = '' }: Decision): Answer {
  return reason.trim() === '' ? refuse('a comment needs words') : accept('it stands in the journal');
}
