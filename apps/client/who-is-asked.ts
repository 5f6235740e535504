import type { Delegator } from '../../src/engine/state/people.js';
import type { RolloutSummary, WaitingFor } from './client.js';

/** Somebody whose answer is looked for; of others for whom they answer the gates for which they do. */
export type AskedAs = Pick<Delegator, 'name' | 'groups'> & Partial<Pick<Delegator, 'gates'>>;

/** As whom somebody is asked by a rollout: as themselves, or for somebody who has delegated gates to them. */
export function whoIsAsked(
  { environment, waitingFor }: Pick<RolloutSummary, 'environment' | 'waitingFor'>,
  { name, groupsIn, delegatorsIn }: WaitingFor,
): readonly AskedAs[] {
  const asked = waitingFor.split(', ');
  const candidates: AskedAs[] = [
    { name, groups: groupsIn(environment) },
    ...(delegatorsIn?.(environment) ?? []),
  ];
  return candidates.filter((one) => [one.name, ...one.groups].some((each) => asked.includes(each)));
}
