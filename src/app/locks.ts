import type { LockingActivities } from '../../activities/locks/create-locks-activities.js';
import { working } from './verbs.js';

/** The activities of the locks, of which those heartbeat that may have many rollouts to look at. */
export function heartbeating(locks: LockingActivities): LockingActivities {
  return {
    ...locks,
    findHolders: () => working(() => locks.findHolders()),
    findEndings: (input) => working(() => locks.findEndings(input)),
    pauseRollouts: (input) => working(() => locks.pauseRollouts(input)),
  };
}
