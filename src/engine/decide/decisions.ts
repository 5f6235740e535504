import { carryOut } from './carry-out.js';
import { admit } from './admit.js';
import { refuse } from './answer.js';
import { admittedAs } from './judge-gate.js';
import { outdatedBy } from './outdated.js';
import type { JsonObject } from '../base/json.js';
import type { Provenance } from '../state/journal.js';
import type { Answer, Decision, Message } from '../state/messages.js';
import { record, type Run } from '../state/run.js';
import type { RolloutState } from '../state/state.js';

/** Judges a decision here and now, answers it once, and acts on it; may throw `RollBack`, `Halt` or `Retreat`. */
export function decide(run: Run, decision: Decision): void {
  const { state } = run;
  if (answerTo(state, decision.id)) return;
  const outdated = outdatedBy(state.journal, decision);
  const answer = outdated === undefined ? admit(run, decision) : refuse(outdated);
  const onBehalfOf = delegatorOf(run, decision, answer);
  keepAnswer(state, decision.id, answer);
  const step = 'step' in decision ? decision.step : undefined;
  record(
    run,
    'decision',
    `${nameOf(decision)}${onBehalfOf === undefined ? '' : ` for ${onBehalfOf}`}: ${answer.accepted ? 'accepted' : 'refused'}, ${answer.reason}`,
    {
      by: decision.by.name,
      ...provenanceOf(decision),
      ...(step !== undefined && { step }),
      ...('epoch' in decision && { epoch: decision.epoch }),
      evidence: { ...factsOf(decision, answer), ...(onBehalfOf !== undefined && { onBehalfOf }) },
    },
  );
  if (answer.accepted) carryOut(run, decision);
}

function provenanceOf({ by: { via, submittedBy }, signed }: Decision): Provenance {
  return {
    ...(via !== undefined && { via }),
    ...(submittedBy !== undefined && { submittedBy }),
    ...(signed !== undefined && { signed }),
  };
}

/** For whom an approval counts, when it is not whoever gave it. */
function delegatorOf(run: Run, decision: Decision, { accepted }: Answer): string | undefined {
  if (!accepted || decision.type !== 'approve') return undefined;
  const admitted = admittedAs(run, decision);
  return 'approval' in admitted ? admitted.approval.onBehalfOf : undefined;
}

/** Answers and records an attempt by somebody who is not allowed to decide anything here. */
export function refuseUnauthorised(run: Run, attempt: Extract<Message, { type: 'unauthorised' }>): void {
  const { id, by, reason } = attempt;
  if (answerTo(run.state, id)) return;
  keepAnswer(run.state, id, refuse(reason));
  record(run, 'decision', `refused, ${reason}`, { by, evidence: { id, accepted: false, answer: reason } });
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

/** What the sentence says, for programs: nothing is read back out of prose. */
function factsOf(decision: Decision, { accepted, reason }: Answer): JsonObject {
  return {
    id: decision.id,
    decision: nameOf(decision),
    accepted,
    answer: reason,
    reason: decision.reason ?? '',
    ...(decision.olderPolicy !== undefined && { olderPolicy: decision.olderPolicy }),
  };
}

function nameOf(decision: Decision): string {
  return decision.type === 'resolve' ? decision.choice : decision.type;
}
