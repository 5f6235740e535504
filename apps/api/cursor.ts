import { z } from 'zod';
import type { RolloutSummary } from '../client/client.js';

type Place = Pick<RolloutSummary, 'startedAt' | 'rollout'>;

/** A place in the list; any that could be is one, whether or not a rollout is there. */
export const cursor = z
  .string()
  .regex(/^\d{1,15}~[A-Za-z0-9._/-]{1,200}$/)
  .meta({ description: 'The member next of the page before.' });

/** A place in the list that stays where it is when newer rollouts begin. */
export function cursorOf({ startedAt, rollout }: Place): string {
  return `${startedAt}~${rollout}`;
}

/** What comes after a place, in a list with the newest first. */
export function afterCursor<T extends Place>(list: readonly T[], place: string | undefined): readonly T[] {
  if (place === undefined) return list;
  const [at = '', id = ''] = place.split('~');
  return list.filter(
    ({ startedAt, rollout }) => startedAt < Number(at) || (startedAt === Number(at) && rollout > id),
  );
}
