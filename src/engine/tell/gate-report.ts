import { askedNow } from '../state/gate.js';
import type { Strength, Plan } from '../plan/plan.js';
import { peopleIn } from '../state/people.js';
import type { OpenGate, RolloutState } from '../state/state.js';

/** The open gate as people see it: the facts behind "1 of 2". Times in milliseconds since the epoch. */
export interface GateReport extends OpenGate {
  readonly quorum: number;
  /** How many more have to approve. */
  readonly missing: number;
  /** Whom it asks now, with the group that it was escalated to. */
  readonly asks: readonly string[];
  readonly fourEyes?: true;
  readonly strength?: Strength;
  /** The people who could approve and have not, where the environment was asked. */
  readonly left?: readonly string[];
}

/** What the open gate asks for, and what it has. */
export function gateReport(plan: Plan, { gate }: Pick<RolloutState, 'gate'>): GateReport | undefined {
  const asked = gate && askedNow(plan, gate);
  if (!gate || !asked) return undefined;
  const { quorum, by, fourEyes, strength } = asked;
  const counted = peopleIn(gate.approvals);
  return {
    ...gate,
    quorum,
    missing: Math.max(0, quorum - gate.approvals.length),
    asks: by,
    ...(fourEyes && { fourEyes }),
    ...(strength && { strength }),
    ...(gate.able && { left: gate.able.people.filter((one) => !counted.includes(one)) }),
  };
}
