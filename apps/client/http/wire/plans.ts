import { z } from 'zod';
import { json, runbookName } from './common.js';
import { filePlan, namedPlan } from './rollouts.js';

export const plan = z
  .looseObject({ format: z.literal(1), runbook: z.string(), owner: z.string(), params: json, phases: json })
  .meta({ id: 'Plan' });

export const planRequest = namedPlan.meta({ id: 'PlanRequest' });

export const checkRequest = z.union([namedPlan, filePlan]).meta({ id: 'CheckRequest' });

export const planAnswer = z
  .object({ plan, digest: z.string(), warnings: z.array(z.string()).readonly() })
  .meta({ id: 'EvaluatedPlan' });

export const checkAnswer = z
  .object({
    format: z.literal(1),
    digest: z.string(),
    findings: z
      .array(z.object({ verdict: z.enum(['ok', 'warn', 'fail']), about: z.string(), found: z.string() }))
      .readonly(),
  })
  .meta({ id: 'CheckedPlan' });

export const diffRequest = namedPlan
  .extend({ against: z.string().min(1).max(200).meta({ description: 'The whole id of a rollout.' }) })
  .meta({ id: 'DiffRequest' });

export const diffAnswer = z
  .object({
    digest: z.string(),
    against: z.object({ rollout: z.string(), digest: z.string() }),
    same: z.boolean(),
    changes: z
      .array(
        z.object({
          at: z.string().meta({ description: 'The place: a step, a guard or a member, by its name.' }),
          before: z.unknown().optional(),
          after: z.unknown().optional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'PlanDiff' });

export const runbookList = z
  .object({ runbooks: z.array(runbookName).readonly() })
  .meta({ id: 'RunbookList' });
