import { z } from 'zod';

/** What a person says of why; it stands in the journal. */
export const reason = z
  .string()
  .min(1)
  .max(2_000)
  .regex(/\S/u, 'say why in a few words')
  .meta({ description: 'Why: it stands in the journal.' });

/** The name of a runbook, as plans have it. */
export const runbookName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .meta({ description: 'The name of a runbook.' });

/** The last part of a rollout's id. */
export const rolloutKey = z
  .string()
  .max(150)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
  .meta({ description: "The last part of a rollout's id." });

/** A point in time. */
export const at = z.int().meta({ description: 'Milliseconds since 1970 (Unix time).' });

/** JSON that means something to an adapter or a runbook alone. */
export const json = z.record(z.string(), z.unknown());

export const names = z.array(z.string()).readonly();

/** The whole id of a rollout. */
export const rolloutId = z.string().meta({ description: 'rollout/<environment>/<runbook>/<key>' });
