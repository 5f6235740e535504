import { z, type ZodType } from 'zod';
import { failures } from '../../../src/drill/points.js';
import { drillRecordFormat, type DrillRecord } from '../../../src/drill/record.js';

const count = z.number().int().min(0);
const ms = z.number().min(0);
/** Unix ms of which there is a date. */
const moment = z.number().min(0).max(8.64e15);
const spread = z.object({ median: ms, worst: ms });

const point = z.object({
  phase: z.enum(['expand', 'canary', 'soak', 'promote', 'contract']),
  step: z.string(),
  failure: z.enum(failures),
  expects: z.enum(['rolled-back', 'halted']),
  pastReturn: z.boolean(),
  kind: z.enum(['act', 'watch', 'gate']),
  result: z.enum(['passed', 'failed']),
  outcome: z.enum(['completed', 'rolled-back', 'halted', 'refused']).exactOptional(),
  differences: z.array(z.string()),
  restored: z
    .object({ exposure: ms.exactOptional(), data: ms.exactOptional(), verified: ms })
    .exactOptional(),
  rowsCompared: count,
  rowsLost: count,
});

/** What a drill's record has to be, for one that comes as JSON. What a newer build has beside it is kept. */
export const drillRecordShape: ZodType<DrillRecord> = z.looseObject({
  format: z.literal(drillRecordFormat),
  drill: z.string(),
  runbook: z.string(),
  digest: z.string(),
  reversibleDigest: z.string(),
  build: z.string(),
  ground: z
    .object({
      adapters: z.record(z.string(), z.string()),
      schema: z.record(z.string(), z.record(z.string(), z.string())),
    })
    .exactOptional(),
  environment: z.string(),
  startedBy: z.string(),
  signed: z.string().exactOptional(),
  startedAt: moment,
  endedAt: moment,
  expiresAt: moment,
  timeScale: z.number().gt(0).max(1),
  points: z.array(point),
  pointsToCover: count,
  coverage: z.number().min(0).max(1),
  timeToRestore: z.object({
    exposure: spread.exactOptional(),
    data: spread.exactOptional(),
    verified: spread.exactOptional(),
  }),
  restoreWithin: ms.exactOptional(),
  rowsCompared: count,
  rowsLost: count,
  pastReturn: count,
  notSimulated: z.array(z.string()),
  lastSeenRed: moment.exactOptional(),
  hash: z.string(),
});
