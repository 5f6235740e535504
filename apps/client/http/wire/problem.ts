import { z } from 'zod';

/** An error, after RFC 9457. `type` is stable, and all that a program should look at. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    what: z.string().meta({ description: 'What is refused.' }),
    why: z.string().meta({ description: 'The rule that it breaks.' }),
    fix: z.string().meta({ description: 'What to do about it.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problem>;
