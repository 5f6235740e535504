import type { Answer, Decision } from '../state/messages.js';
import { peopleIn, personBehind } from '../state/people.js';
import { operatorGroups, outsider } from '../state/rights.js';
import type { Run } from '../state/run.js';
import { accept, refuse } from './answer.js';
import { hasShownEnough } from './strength.js';

type Breaking = Extract<Decision, { type: 'break-glass' }>;

/** So many different people have to want it. */
export const peopleForGlass = 2;

/**
 * Two people let it pass a freeze or a missing drill, with a reason and an incident. Nothing else is skipped by it: no guard, lock, hold,
 * quorum or stop.
 */
export function judgeGlass({ plan, state }: Run, { by, incident, reason }: Breaking): Answer {
  if (!reason || incident.trim() === '') return refuse('it needs a reason and an incident');
  const outside = outsider(by, operatorGroups(plan));
  if (outside !== undefined) return refuse(outside);
  if (!hasShownEnough(by, 'token')) {
    return refuse(`it needs a token or a sign-in of a person's own; it was ${by.proof ?? 'none'}`);
  }
  const { glass } = state;
  if (glass && glass.incident !== incident) return refuse(`somebody wants it for ${glass.incident}`);
  const person = personBehind(by);
  if (glass && peopleIn(glass.by).includes(person)) return refuse(`${person} has said so already`);
  const missing = peopleForGlass - (glass?.by.length ?? 0) - 1;
  return accept(
    missing > 0 ? `${missing} more needed` : 'no calendar and no missing drill holds it any more',
  );
}
