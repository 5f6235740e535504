import type { Policy } from '../../../src/identity/rights.js';
import type { Environment } from '../environment.js';
import { directoryOf } from './directory.js';

/** Who may do what in a shared environment: nobody anything where it does not say so. */
export function policyOf(environment: Environment): Policy {
  return { directory: directoryOf(environment), grants: environment.policy?.rights ?? [] };
}
