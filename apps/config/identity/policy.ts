import { z } from 'zod';
import { proves } from '../../../src/drill/record.js';
import { everyRunbook, rights, type Right } from '../../../src/identity/rights.js';
import { duration, members, nonEmpty } from '../settings.js';

/** Names of groups or of principals. Nobody when empty. */
const names = z.array(nonEmpty);

/** Rights that a runbook's name cannot limit, and why. */
const aboutAll: Readonly<Partial<Record<Right, string>>> = {
  'start-from-file': 'a plan from a file may call itself anything; write "*", and limit it by targets',
  'lift-stop': 'a stop is one of the whole environment; write "*"',
};

const grant = members({
  /** Names of runbooks, with `*` for any text. */
  runbooks: nonEmpty,
  right: z.enum(rights, { error: `it is no right; use one of ${rights.join(', ')}` }),
  /** Of `start-from-file`: targets, with `*` for any text. */
  targets: nonEmpty.exactOptional(),
  to: names,
}).superRefine(({ runbooks, right, targets }, context) => {
  const wrong = (member: string, message: string) =>
    context.addIssue({ code: 'custom', path: [member], message });
  if (right !== 'start-from-file' && targets !== undefined)
    wrong('targets', 'only start-from-file is limited by targets; leave it out');
  const why = aboutAll[right];
  if (why !== undefined && runbooks !== everyRunbook) wrong('runbooks', why);
});

const leastGate = members({
  runbooks: nonEmpty,
  before: z.enum(['promote', 'purge'], { error: 'write "promote" or "purge"' }),
  groups: names,
  quorum: z.int().positive('it is below 1; write how many people have to agree').default(1),
  fourEyes: z.boolean().default(true),
  strength: z.enum(['slack', 'token'], { error: 'write "slack" or "token"' }).default('token'),
});

/** What drills have to prove before everybody gets the candidate. */
const drill = members({
  /** The drill environment, of the same file; the only one there is when absent. */
  environment: nonEmpty.exactOptional(),
  maxAge: duration
    .refine((ms) => ms <= proves, 'no drill proves anything for longer than 30 days; write 30d or less')
    .prefault('30d'),
  coverage: z
    .number()
    .gt(0, 'it is not above 0; write "drill": "off" instead')
    .max(1, 'it is above 1')
    .default(1),
  withinObjective: z.boolean().default(true),
});

/** What is asked of drills. */
export type DrillPolicy = z.output<typeof drill>;

/** What a shared environment asks of drills that does not say anything about them. */
export const drillByDefault: DrillPolicy = drill.parse({});

/** Who may do what in a shared environment, and what it asks of every plan. */
export const policy = members({
  rights: z.array(grant).default([]),
  gates: z.array(leastGate).default([]),
  /** `off`: nothing is asked of drills. As `drillByDefault` when absent. */
  drill: z
    .union([z.literal('off'), drill], { error: 'write "off", or an object with what drills have to prove' })
    .exactOptional(),
});
