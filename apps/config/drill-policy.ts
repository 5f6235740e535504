import { Refusal } from '../../src/engine/base/errors.js';
import type { ProofPolicy } from '../../src/drill/proof.js';
import { environmentOf, recordsUrlOf, type Configuration, type Environment } from './config.js';
import { drillByDefault, type DrillPolicy } from './identity/policy.js';

/** What an environment asks of drills: every shared one does, unless its policy says `off`. */
export function drillPolicyOf({
  kind,
  policy,
}: Pick<Environment, 'kind' | 'policy'>): DrillPolicy | undefined {
  if (kind !== 'shared' || policy?.drill === 'off') return undefined;
  return policy?.drill ?? drillByDefault;
}

/** A drill environment whose records prove plans, and where they are. */
export interface Provers {
  readonly policy: ProofPolicy;
  readonly records: string;
}

/**
 * Whose records prove plans: the drill environment that the policy names, or the only one of the file.
 *
 * @throws Refusal when there is none, it is not clear which, or it keeps no records that others can read
 */
export function proversOf(configuration: Configuration, asked: DrillPolicy): Provers {
  const environment = asked.environment ?? onlyOne(configuration);
  const drills = environmentOf(configuration, environment);
  const records = recordsUrlOf(drills);
  if (drills.kind === 'drill' && records !== undefined) return { policy: { ...asked, environment }, records };
  throw new Refusal(
    `environment ${environment}, whose drills are asked for`,
    drills.kind === 'drill' ? 'keeps its records in a directory' : `is ${drills.kind}`,
    'give it kind drill and a url for its records',
  );
}

function onlyOne({ environments }: Configuration): string {
  const all = Object.entries(environments).flatMap(([name, { kind }]) => (kind === 'drill' ? [name] : []));
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  throw new Refusal(
    'drills that prove the way back',
    only === undefined
      ? 'are asked for, and the configuration has no environment of kind drill'
      : `are asked for, and the configuration has several drill environments: ${all.join(', ')}`,
    only === undefined
      ? 'add one, see docs/drills.md; or say openly that none are needed: "drill": "off" in the policy'
      : 'name one as policy.drill.environment',
  );
}
