import { pointName, type FailurePoint } from '../../src/drill/points.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import { peopleIn } from '../../src/engine/state/people.js';
import type { StatusReport } from '../../src/engine/tell/report.js';

/** Whoever answers in a drill. */
export interface Drillers {
  /** Groups by person of the environment. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  /** Whoever may stop a rollout. */
  readonly operator: string;
}

/**
 * What a drill answers a rollout now: yes at every gate but the one where it is to say no or nothing; going back where
 * somebody is asked, and where there is no back, halting.
 */
export function answersTo(
  status: StatusReport,
  point: FailurePoint,
  { people, operator }: Drillers,
): readonly DecisionRequest[] {
  return [...gateAnswers(status, point, people), ...operatorAnswers(status, operator)];
}

function gateAnswers(
  { gate, digest }: StatusReport,
  { step, failure }: FailurePoint,
  people: Drillers['people'],
): DecisionRequest[] {
  if (!gate) return [];
  const says = gate.step === step ? failure : undefined;
  if (says === 'expire') return [];
  const type = says === 'reject' ? 'reject' : 'approve';
  const approved = peopleIn(gate.approvals);
  const asked = Object.keys(people).filter((name) =>
    people[name]?.some((group) => gate.asks.includes(group)),
  );
  const able = (gate.left ?? asked).filter((name) => !approved.includes(name));
  return able.slice(0, type === 'reject' ? 1 : gate.missing).map((by) => ({
    type,
    id: `drill/${gate.step}/${gate.epoch}/${by}`,
    by,
    reason: 'the drill',
    step: gate.step,
    epoch: gate.epoch,
    digest,
  }));
}

function operatorAnswers(status: StatusReport, by: string): DecisionRequest[] {
  const { hold, stuck, pastNoReturn, unwinding } = status;
  const base = { by, reason: 'the drill' };
  if (stuck) {
    const id = `drill/${stuck.step}/${stuck.since}`;
    // Past the point of no return, and on the way back, there is only standing still.
    const halts = pastNoReturn || unwinding !== undefined;
    return [
      halts
        ? { ...base, id: `${id}/halt`, type: 'resolve', choice: 'halt', step: stuck.step }
        : { ...base, id: `${id}/abort`, type: 'abort' },
    ];
  }
  if (hold?.asked) return [{ ...base, id: `drill/hold/${hold.since}`, type: 'answer', choice: 'roll-back' }];
  return [];
}

/** Somebody has seen enough: for a plan without guards, whose watch nothing else can end. */
export function abortAt(point: FailurePoint, { operator }: Drillers): DecisionRequest {
  return { type: 'abort', id: `drill/${pointName(point)}`, by: operator, reason: 'the drill' };
}
