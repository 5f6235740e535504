import { z } from 'zod';
import { verdicts } from '../../../../src/engine/plan/plan.js';
import { at, names } from './common.js';

/** One guard as the sentinel saw it last. */
export const guardReading = z
  .object({
    guard: z.string(),
    verdict: z.enum(verdicts),
    at,
    reason: z.string(),
    value: z.number().exactOptional(),
    baseline: z.number().exactOptional(),
    blindSpots: names.exactOptional(),
    unread: z.literal(true).exactOptional(),
  })
  .meta({ id: 'GuardReading' });

/** An exposed target as the sentinel saw it last. */
export const look = z
  .object({
    target: z.string(),
    verdict: z.enum(['as-left', 'unwritten', 'lowered', 'changed', 'raised', 'unread']),
    at,
    reason: z.string(),
    percent: z.number().exactOptional(),
    leftAt: at.exactOptional(),
  })
  .meta({ id: 'Look' });

/** Guards and exposed targets as the sentinel sees them now. */
export const liveView = z
  .object({ readings: z.array(guardReading).readonly(), looks: z.array(look).readonly() })
  .meta({ id: 'LiveView' });

/** What failed and is tried again. */
export const attempt = z
  .object({
    activity: z.string(),
    failed: z.int(),
    error: z.string(),
    nextAt: at.exactOptional(),
    unpause: z.string().exactOptional(),
  })
  .meta({ id: 'FailedAttempts' });
