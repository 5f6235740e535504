import { carryOut } from './carry-out.js';
import { judge, refuse } from './judge.js';
import type { Answer, Decision, Message } from './messages.js';
import { record, type Run } from './run.js';
import type { RolloutState } from './state.js';

/** Judges a decision here and now, answers it once, and acts on it; may throw `Stop`, `Halt` or `Retreat`. */
export function decide(run: Run, decision: Decision): void {
  const { state } = run;
  if (answerTo(state, decision.id)) return;
  const answer = judge(run, decision);
  keepAnswer(state, decision.id, answer);
  const step = 'step' in decision ? decision.step : undefined;
  record(
    run,
    'decision',
    `${nameOf(decision)}: ${answer.accepted ? 'accepted' : 'refused'}, ${answer.reason}`,
    {
      by: decision.by.name,
      ...(step !== undefined && { step }),
      ...('epoch' in decision && { epoch: decision.epoch }),
      evidence: { id: decision.id, accepted: answer.accepted, reason: decision.reason ?? '' },
    },
  );
  if (answer.accepted) carryOut(run, decision);
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
  // As earlier versions kept it.
  return ownMember(decisions, memberFor(id)) ?? ownMember(decisions, id);
}

function ownMember(decisions: RolloutState['decisions'], name: string): Answer | undefined {
  return Object.hasOwn(decisions, name) ? decisions[name] : undefined;
}

/** Ids come from outside: one that is also a member of every object (`__proto__`) must not be lost. */
function keepAnswer({ decisions }: RolloutState, id: string, value: Answer): void {
  const member = memberFor(id);
  Object.defineProperty(decisions, member, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Objects list members that are whole numbers before all others, and the oldest answers are dropped when there are too
 * many. With a space before it a number stays where it was put; no two ids become one by it.
 */
function memberFor(id: string): string {
  return /^ *\d+$/.test(id) ? ` ${id}` : id;
}

function nameOf(decision: Decision): string {
  return decision.type === 'resolve' ? decision.choice : decision.type;
}
