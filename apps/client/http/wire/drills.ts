import { z } from 'zod';
import { namedPlan } from './rollouts.js';

const timeScale = z.number().gt(0).max(1).meta({
  description: 'By what windows, deadlines and minimum samples of the plan are multiplied.',
});
const points = z.array(z.string().min(1).max(300)).min(1).max(2_000);

export const signDrillRequest = namedPlan
  .extend({
    environment: z.string().min(1).max(200).meta({ description: 'The drill environment.' }),
    timeScale,
    points: points.exactOptional().meta({ description: 'Names of the points to drill; all when absent.' }),
  })
  .meta({ id: 'SignDrillRequest' });

export const signedDrill = z
  .object({
    environment: z.string(),
    runbook: z.string(),
    digest: z.string(),
    startedBy: z.string(),
    timeScale,
    points: z.array(z.string()),
    signed: z.string().meta({ description: 'A compact JWS over all of this.' }),
  })
  .meta({ id: 'SignedDrill' });
