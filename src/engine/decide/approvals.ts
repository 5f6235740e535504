import type { Asked } from '../state/gate.js';
import { coversGate } from '../state/gate.js';
import type { Principal } from '../state/messages.js';
import { peopleIn, personBehind, type Approved, type Known } from '../state/people.js';
import { hasShownEnough } from './strength.js';

/** An approval, but for its time. */
type Approval = Omit<Approved, 'at'>;

/**
 * As whom somebody approves: as themselves, or for somebody who has delegated that to them. What counts are people, not
 * names: of a service its owner, and of a delegate both.
 *
 * @param starters the people whose eyes the start was seen with
 * @returns why not, in words, when they may not
 */
export function admitApproval(
  asked: Asked,
  starters: readonly string[],
  given: readonly Pick<Approved, 'by' | 'people'>[],
  by: Principal,
): { readonly approval: Approval } | { readonly refused: string } {
  if (!hasShownEnough(by, asked.strength)) {
    return {
      refused: `${asked.step} needs a token or a sign-in of a person's own; it was ${by.proof ?? 'none'}`,
    };
  }
  const reasons: string[] = [];
  for (const as of answersFor(by, asked.step)) {
    const fault = outsiderAt(asked, by, as) ?? countedAlready(asked, starters, given, by, as);
    if (fault === undefined) return { approval: approvalOf(by, as) };
    reasons.push(fault);
  }
  return { refused: reasons.join('; ') || `${by.name} answers for nobody at ${asked.step}` };
}

/** Why somebody may not reject; undefined when they may. It is the safe way: who started it, and how often, does not matter. */
export function mayNotReject(asked: Asked, by: Principal): string | undefined {
  const faults = answersFor(by, asked.step).map((as) => outsiderAt(asked, by, as));
  if (faults.includes(undefined)) return undefined;
  return faults.join('; ') || `${by.name} answers for nobody at ${asked.step}`;
}

/** For whom somebody answers a gate: for themselves first. */
function answersFor(by: Principal, step: string): readonly Known[] {
  const others = (by.delegators ?? []).filter(({ gates }) => coversGate(gates, step));
  return by.onlyForOthers ? others : [by, ...others];
}

/** A service approves only what names it, also for somebody else. */
function outsiderAt({ step, by: asked }: Asked, by: Known, as: Known): string | undefined {
  const isNamed = ({ kind, name }: Known) => kind !== undefined && asked.includes(name);
  const service = [by, as].find((one) => one.kind === 'service' && !isNamed(one));
  if (service) return `${service.name} is a service, which ${step} does not name`;
  if (isNamed(as) || as.groups.some((group) => asked.includes(group))) return undefined;
  return `${as.name} is in none of the groups that may decide: ${asked.join(', ')}`;
}

function countedAlready(
  { quorum, fourEyes }: Asked,
  starters: readonly string[],
  given: readonly Pick<Approved, 'by' | 'people'>[],
  by: Known,
  as: Known,
): string | undefined {
  const people = peopleOf(by, as);
  const before = peopleIn(given);
  const again = people.filter((one) => before.includes(one));
  if (again.length > 0)
    return `${again.join(' and ')} has approved already; ${quorum} different people are needed`;
  const own = fourEyes ? people.find((one) => starters.includes(one)) : undefined;
  return own === undefined ? undefined : `${own} started it: four eyes are asked for`;
}

function approvalOf(by: Known, as: Known): Approval {
  const people = peopleOf(by, as);
  const isPlain = people.length === 1 && people[0] === by.name;
  return {
    by: by.name,
    ...(as.name !== by.name && { onBehalfOf: as.name }),
    ...(!isPlain && { people }),
  };
}

function peopleOf(by: Known, as: Known): string[] {
  return [...new Set([by, as].map(personBehind))];
}
