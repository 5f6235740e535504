import type { Environment } from '../../config/config.js';
import { byName } from './by-name.js';
import { byToken } from './by-token.js';
import type { Identities } from './identities.js';

/** How an environment's people show who they are: in a local one nobody has to. */
export function identitiesOf(environment: () => Environment): Identities {
  return environment().kind !== 'shared' ? byName(() => environment().people) : byToken(environment);
}
