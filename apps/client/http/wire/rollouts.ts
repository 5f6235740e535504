import { z } from 'zod';
import { at, json, reason, rolloutId, rolloutKey, runbookName } from './common.js';

const summaryShape = {
  rollout: rolloutId,
  environment: z.string(),
  runbook: z.string(),
  key: z.string(),
  owner: z.string(),
  status: z.string(),
  phase: z.string(),
  waitingFor: z.string().meta({ description: 'Groups that are asked now, or nobody.' }),
  startedAt: at,
  endedAt: at.exactOptional(),
};

export const summary = z.object(summaryShape).meta({ id: 'RolloutSummary' });

export const description = z
  .object({ ...summaryShape, historyLength: z.int() })
  .meta({ id: 'RolloutDescription' });

export const page = z
  .object({
    rollouts: z.array(summary).readonly(),
    next: z.string().exactOptional().meta({ description: 'Give it as cursor: the next page.' }),
  })
  .meta({ id: 'RolloutPage' });

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A runbook that the door's configuration lists, with parameters. */
export const namedPlan = z.strictObject({
  runbook: runbookName,
  params: json.default({}),
  digest: digest
    .exactOptional()
    .meta({ description: 'Of the plan that is meant; the door makes its own, and refuses another.' }),
});

const askedFor = z.string().min(1).max(200).exactOptional().meta({
  description: 'For whom a service starts it; that person does not count at a gate with four eyes.',
});

const startOptions = {
  key: rolloutKey.exactOptional(),
  wait: z.literal(false).exactOptional().meta({
    description: 'Refuse instead of standing in line while another rollout holds a part of its scope.',
  }),
  askedFor,
};

/** A plan that was made elsewhere; it needs the right to start from a file. */
export const filePlan = z.strictObject({ plan: json, digest: digest.exactOptional() });

export const startRequest = z
  .union([namedPlan.extend(startOptions), filePlan.extend(startOptions)])
  .meta({ id: 'StartRequest' });

export const started = z
  .object({
    rollout: rolloutId,
    runId: z.string(),
    environment: z.string(),
    runbook: z.string(),
    digest: z.string(),
    startedBy: z.string(),
  })
  .meta({ id: 'Started' });

export const takeBackRequest = z
  .strictObject({ reason, key: rolloutKey.exactOptional(), askedFor })
  .meta({ id: 'TakeBackRequest' });

export const takenBack = z
  .object({
    rollout: rolloutId,
    runId: z.string(),
    environment: z.string(),
    kind: z.enum(['revert', 'rescue']),
    reverts: rolloutId,
    startedBy: z.string(),
  })
  .meta({ id: 'TakenBack' });
