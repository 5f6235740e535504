import { z } from 'zod';
import { proofs } from '../../src/engine/state/messages.js';
import type { Claims } from '../../src/identity/claims.js';

const name = z.string().min(1);
const seconds = z.int().nonnegative();

/** What a door may sign, and nothing besides: what is not known here would be signed and not looked at. */
export const claimsShape: z.ZodType<Claims> = z.strictObject({
  env: name,
  rollout: name,
  firstRun: name.exactOptional(),
  step: name.exactOptional(),
  epoch: z.int().nonnegative().exactOptional(),
  seen: z.int().nonnegative().exactOptional(),
  shown: z.strictObject({ message: name, said: z.string().regex(/^[0-9a-f]{64}$/) }).exactOptional(),
  digest: name.exactOptional(),
  decision: z.looseObject({ type: name }).and(z.record(z.string(), z.json())),
  id: name,
  by: name,
  proof: z.enum(proofs),
  via: name,
  submittedBy: name,
  iat: seconds,
  exp: seconds,
});
