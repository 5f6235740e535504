import type { Answer, Decision, Message, Principal } from './messages.js';
import { stepsOf, type Approval, type Plan } from './plan.js';
import { record, type Run } from './run.js';
import type { RolloutState } from './state.js';
import { Stop } from './stop.js';

/** Judges a decision here and now, answers it once, and acts on it; may throw `Stop`. */
export function decide(run: Run, decision: Decision): void {
  const { state } = run;
  if (answerTo(state, decision.id)) return;
  const answer = judge(run, decision);
  keepAnswer(state, decision.id, answer);
  record(run, 'decision', `${decision.type}: ${answer.accepted ? 'accepted' : 'refused'}, ${answer.reason}`, {
    by: decision.by.name,
    ...('step' in decision && { step: decision.step, epoch: decision.epoch }),
    evidence: { id: decision.id, accepted: answer.accepted, reason: decision.reason ?? '' },
  });
  if (answer.accepted) actOn(run, decision);
}

/** Answers and records an attempt by somebody who is not allowed to decide anything here. */
export function refuseUnauthorised(run: Run, attempt: Extract<Message, { type: 'unauthorised' }>): void {
  const { id, by, reason } = attempt;
  if (answerTo(run.state, id)) return;
  keepAnswer(run.state, id, refuse(reason));
  record(run, 'decision', `refused, ${reason}`, { by, evidence: { id, accepted: false } });
}

/** What a decision was answered, whatever text its id is; undefined when it has not been answered yet. */
export function answerTo({ decisions }: RolloutState, id: string): Answer | undefined {
  return Object.hasOwn(decisions, id) ? decisions[id] : undefined;
}

/** Ids come from outside: one that is also a member of every object (`__proto__`) must not be lost. */
function keepAnswer({ decisions }: RolloutState, id: string, value: Answer): void {
  Object.defineProperty(decisions, id, { value, enumerable: true, configurable: true, writable: true });
}

function judge(run: Run, decision: Decision): Answer {
  const { state } = run;
  if (state.outcome) return refuse(`the rollout is over: ${state.outcome.type}`);
  if (decision.type === 'resolve') return judgeResolve(run, decision);
  if (state.unwinding) return refuse('the rollout is already rolling back');
  if (state.halting) return refuse('halted past the point of no return: resolve it with retry or halt');
  switch (decision.type) {
    case 'approve':
    case 'reject':
      return judgeApproval(run, decision);
    case 'abort':
      return accept(
        state.noReturn
          ? 'past the point of no return: it halts and asks an operator'
          : 'everything is taken back',
      );
    case 'answer':
      return judgeAnswer(run, decision);
  }
}

function judgeApproval(run: Run, decision: Extract<Decision, { type: 'approve' | 'reject' }>): Answer {
  const { state, plan } = run;
  const { gate } = state;
  if (!gate) return refuse('no gate is open now');
  if (decision.step !== gate.step) return refuse(`${decision.step} is not open; ${gate.step} is`);
  if (decision.digest !== state.digest) return refuse(`it is for another plan; this one is ${state.digest}`);
  if (decision.epoch !== gate.epoch)
    return refuse('it was given before a hold or a new asking: look, and decide again');
  if (state.hold) return refuse(`on hold, nothing can be approved: ${state.hold.reason}`);
  const leave = approvalOf(plan, gate.step);
  if (!leave || !belongs(decision.by, leave.by)) {
    return refuse(`${decision.by.name} is in none of the groups that may decide: ${leave?.by.join(', ')}`);
  }
  if (decision.type === 'reject') return accept('everything is taken back');
  if (gate.approvals.some(({ by }) => by === decision.by.name)) {
    return refuse(`${decision.by.name} has approved already; ${leave.quorum} different people are needed`);
  }
  const missing = leave.quorum - gate.approvals.length - 1;
  return accept(missing === 0 ? 'the gate opens' : `${missing} more needed`);
}

function judgeAnswer({ state, plan }: Run, decision: Extract<Decision, { type: 'answer' }>): Answer {
  if (!state.hold) return refuse('nothing is asked now');
  if (!mayOperate(plan, decision.by)) return refuse(operatorsOnly(plan, decision.by));
  return accept(
    decision.choice === 'wait' ? 'the deadlines of the hold start again' : 'everything is taken back',
  );
}

function judgeResolve({ state, plan }: Run, decision: Extract<Decision, { type: 'resolve' }>): Answer {
  const { stuck } = state;
  if (!stuck || stuck.resolution) return refuse('the rollout does not need an operator now');
  if (!mayOperate(plan, decision.by)) return refuse(operatorsOnly(plan, decision.by));
  if (!stuck.choices.includes(decision.choice)) {
    return refuse(`${decision.choice} is not possible here; possible: ${stuck.choices.join(', ')}`);
  }
  if (decision.choice !== 'retry' && !decision.reason) return refuse(`${decision.choice} needs a reason`);
  return accept(`${decision.choice} ${stuck.step}`);
}

function actOn(run: Run, decision: Decision): void {
  const { state, effects, plan } = run;
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
    case 'answer':
      if (decision.choice === 'roll-back') throw new Stop({ type: 'answered', by, reason });
      if (state.hold) {
        state.hold.askAt = effects.now() + plan.deadlines.ask;
        state.hold.asked = false;
        if (state.hold.giveUpAt !== undefined) state.hold.giveUpAt = effects.now() + plan.deadlines.giveUp;
      }
      return;
    case 'resolve':
      if (state.stuck) state.stuck.resolution = { choice: decision.choice, by, reason };
      return;
  }
}

/** The approval a step asks for, or undefined when it is no gate. */
export function approvalOf(plan: Plan, id: string): Approval | undefined {
  const step = stepsOf(plan).find((placed) => placed.step.id === id)?.step;
  return step?.type === 'gate' ? step.leave : undefined;
}

/** Who may answer holds and resolve: the owner's group and every group that a gate of the plan names. */
export function operatorGroups(plan: Plan): string[] {
  const named = stepsOf(plan).flatMap(({ step }) => (step.type === 'gate' ? step.leave.by : []));
  return [...new Set([plan.owner, ...named])];
}

function mayOperate(plan: Plan, by: Principal): boolean {
  return belongs(by, operatorGroups(plan));
}

function operatorsOnly(plan: Plan, by: Principal): string {
  return `${by.name} is in none of the groups that may decide: ${operatorGroups(plan).join(', ')}`;
}

function belongs(by: Principal, groups: readonly string[]): boolean {
  return by.groups.some((group) => groups.includes(group));
}

function accept(reason: string): Answer {
  return { accepted: true, reason };
}

function refuse(reason: string): Answer {
  return { accepted: false, reason };
}
