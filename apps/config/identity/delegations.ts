import { z } from 'zod';
import { members, moment, nonEmpty } from '../settings.js';

/** Who decides for whom, at which gates, from when until when. */
export const delegations = z.array(
  members({
    from: nonEmpty,
    to: nonEmpty,
    /** Names of gates, or `*`. None when empty. */
    gates: z.array(nonEmpty),
    since: moment,
    until: moment,
    reason: nonEmpty,
  }).superRefine(({ from, to, since, until }, context) => {
    const wrong = (member: string, message: string) =>
      context.addIssue({ code: 'custom', path: [member], message });
    if (from === to) wrong('to', 'it is the delegator; name somebody else');
    if (until <= since) wrong('until', 'it is not after since; write a later time');
  }),
);
