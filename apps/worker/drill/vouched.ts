import { verifySignature } from '../../../activities/identity/verify.js';
import { pointName } from '../../../src/drill/points.js';
import type { DrillRecord } from '../../../src/drill/record.js';
import { bindingFault, boundOfDrill } from '../../../src/identity/claims.js';
import { denied } from '../../../src/identity/rights.js';
import type { Environment } from '../../config/config.js';
import { doorsOf } from '../../config/identity/doors.js';
import { policyOf } from '../../config/identity/policy-of.js';

/**
 * Why what passed in a drill proves nothing to a shared environment; undefined when it counts: one of its doors vouches for
 * who wanted this very drill, and they may drill, as of now. When it was signed does not matter: a schedule drills for years.
 */
export async function vouchingFault(
  environment: Environment,
  record: DrillRecord,
): Promise<string | undefined> {
  const { signed, runbook, points } = record;
  if (signed === undefined) return `no door has signed it: ${record.startedBy} started it without`;
  const verdict = await verifySignature(signed, doorsOf(environment));
  if ('refused' in verdict) return verdict.refused;
  const { claims } = verdict;
  return (
    bindingFault(claims, boundOfDrill({ ...record, points: points.map(pointName) })) ??
    denied(policyOf(environment), claims.by, 'drill', runbook)
  );
}

/** What is left of a drill that proves nothing: what did not come back is known to be broken, whoever drilled it. */
export function failuresOf(record: DrillRecord): DrillRecord {
  return { ...record, points: record.points.filter(({ result }) => result === 'failed') };
}
