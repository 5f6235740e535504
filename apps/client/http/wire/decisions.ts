import { z } from 'zod';
import type { DecisionType } from '../../../../src/engine/state/messages.js';
import { reason, rolloutId } from './common.js';

const optional = reason.exactOptional();
const plain = z.strictObject({ reason: optional });
const explained = z.strictObject({ reason });

/**
 * What is said with each decision. Which gate, watch or problem it is about stands in `If-Match`, and nowhere else. A type
 * of decision that is missing here does not compile.
 */
export const decisionBodies = {
  approve: plain,
  reject: explained,
  comment: explained,
  'break-glass': z.strictObject({ reason, incident: z.string().min(1).max(1_000) }),
  abort: explained,
  resume: plain,
  pause: z.strictObject({ reason, exposure: z.literal('zero').exactOptional() }),
  advance: plain,
  extend: z.strictObject({
    reason,
    ms: z
      .int()
      .positive()
      .max(100 * 86_400_000),
  }),
  halt: explained,
  answer: z.strictObject({ choice: z.enum(['wait', 'roll-back']), reason: optional }),
  resolve: z.union([
    z.strictObject({ choice: z.literal('retry'), reason: optional }),
    z.strictObject({ choice: z.enum(['skip', 'halt']), reason }),
  ]),
} as const satisfies Record<DecisionType, z.ZodType>;

export const decided = z
  .looseObject({
    rollout: rolloutId,
    decision: z.string().meta({ description: 'Its id in the journal.' }),
    type: z.string(),
    step: z.string().exactOptional(),
    by: z.string(),
    accepted: z.literal(true),
    reason: z.string().meta({ description: 'What happens next.' }),
  })
  .meta({ id: 'Decided' });
