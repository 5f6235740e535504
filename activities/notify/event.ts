import { z } from 'zod';
import type { Notice } from '../../src/engine/state/values.js';

/**
 * What people and programs are told, as it leaves: the body of a webhook, and what every other channel is written from.
 * Members may be added; none is renamed or removed within a major version.
 */
export const noticeEvent = z
  .strictObject({
    /** The same for each attempt to say the same thing: whoever has seen it ignores it. */
    id: z.string(),
    type: z.enum(['incident', 'question', 'news']).meta({
      description: '`incident` calls someone, `question` wants an answer, `news` informs',
    }),
    /** When it happened, ISO 8601 in UTC. */
    at: z.iso.datetime(),
    environment: z.string(),
    /** The id of a rollout, or `locks/<environment>` and `sentinel/<environment>`. */
    rollout: z.string(),
    text: z.string(),
    /** What kind of incident, where it is one of those that are told apart. */
    kind: z
      .enum([
        'rolling-back',
        'needs-operator',
        'unconfirmed',
        'drift',
        'orphan',
        'blind',
        'still-exposed',
        'breach-not-taken',
        'stands-still',
        'temporal-silent',
      ])
      .exactOptional(),
    /** The group that owns the rollout. */
    owner: z.string().exactOptional(),
    /** The source of measurements that is to blame, alone: all that read it have the same trouble. */
    source: z.string().exactOptional(),
    /** The rollout is over, and how; absent while it goes on, also while it waits. */
    outcome: z.enum(['completed', 'rolled-back', 'halted', 'refused']).exactOptional(),
    /** It is rolled back and verified, and nobody has seen the baseline to be well: somebody looks still. */
    unconfirmed: z.literal(true).exactOptional(),
    /** Percent of users that may have the candidate. */
    exposure: z.number().min(0).max(100).exactOptional(),
    /** What to do, a line for each way. */
    todo: z.array(z.string()).exactOptional(),
    /** It is said more than a minute after it happened. */
    late: z.literal(true).exactOptional(),
  })
  .meta({ title: 'Notice', description: 'What Switchback tells about a rollout or an environment.' });

export type NoticeEvent = z.output<typeof noticeEvent>;

/** A notice as it leaves. Throws when the schema does not know what the engine says. */
export function eventOf(
  { urgency, todo, ...notice }: Notice,
  about: Pick<NoticeEvent, 'id' | 'at' | 'environment'>,
): NoticeEvent {
  return noticeEvent.parse({ ...about, type: urgency, ...notice, ...(todo && { todo }) });
}
