import type { Client } from '@temporalio/client';
import type { Ending, LocksActivities } from '../../src/protocol/locks.js';
import { watchedAmong } from '../sentinel/watched-among.js';
import { endingsOf } from '../temporal/endings.js';

/**
 * How the workflows of these rollouts stand. Of those that the sentinel watches it says so: they are its to call out, and
 * its to find when only the unwatched are asked for.
 */
export async function findEndings(
  client: Client,
  environment: string,
  { rollouts, unwatched }: Parameters<LocksActivities['findEndings']>[0],
): Promise<Ending[]> {
  const { living, orphans } = await watchedAmong(client, environment, rollouts);
  const watched = new Set([...living, ...orphans]);
  const itsToFind = new Set(unwatched ? living : []);
  const endings = await endingsOf(
    client,
    rollouts.filter((rollout) => !itsToFind.has(rollout)),
  );
  return endings.map((ending) =>
    ending.ended === 'from-outside' && watched.has(ending.rollout) ? { ...ending, watched: true } : ending,
  );
}
