import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from './caller.js';

/** The header under which a request counts once. */
export const keyHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(100)
    .regex(/^[A-Za-z0-9._:-]+$/)
    .exactOptional()
    .meta({
      description: 'Given again by the same principal it changes nothing, and is answered as before.',
    }),
});

export const replayedHeader = 'idempotency-replayed';

export const replayHeaders = z.object({
  [replayedHeader]: z.literal('true').exactOptional().meta({ description: 'It was answered before.' }),
});

/** The id of a decision: a key belongs to whoever sent it, so that nobody is shown what another was answered. */
export function decisionId({ name }: Caller, key: string | undefined): string {
  return key === undefined ? randomUUID() : `${name}/${key}`;
}

/** The last part of a rollout's id that a key stands for. */
export function rolloutKeyOf({ name }: Caller, key: string): string {
  return `k${createHash('sha256').update(`${name}/${key}`).digest('hex').slice(0, 20)}`;
}
