import { delegationsIn } from '../../../activities/identity/delegations.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';
import type { Delegation } from '../../../src/identity/delegation.js';
import type { Environment } from '../config.js';
import { doorsOf } from './doors.js';

/** A delegation that is not over, whoever made it. Times in Unix ms. */
export interface StandingDelegation extends Delegation {
  /** The decision that made it; the configuration did when absent. */
  readonly decision?: string;
}

/**
 * Who answers for whom, now or from some later time on: what the configuration says, then what was made through a door.
 *
 * @param decisions what people delegated, and ended, as the records have it
 */
export async function standingDelegations(
  name: string,
  environment: Pick<Environment, 'delegations' | 'identity'>,
  decisions: readonly JournalEvent[],
  now: number,
): Promise<readonly StandingDelegation[]> {
  const made = await delegationsIn(decisions, name, doorsOf(environment));
  return [
    ...(environment.delegations ?? []),
    ...made.map(({ id: decision, ...one }) => ({ ...one, decision })),
  ].filter(({ until }) => until > now);
}
