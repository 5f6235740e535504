import type { Delegation } from '../../../src/identity/delegation.js';
import { remoteOf, type ApiConnection } from './connect-to-api.js';
import { locksPaths } from './locks-paths.js';
import { Sender } from './sender.js';
import { Transport } from './transport.js';

/** The delegations of an environment that are not over. `decision` made it; the configuration did when absent. */
export interface DelegationList {
  readonly environment: string;
  readonly delegations: readonly (Delegation & { readonly decision?: string })[];
}

/** Asks an API. Throws `Refusal` when it is of another environment than the one that is meant. */
export async function delegationsOver(
  connection: ApiConnection,
  environment: string | undefined,
): Promise<DelegationList> {
  const remote = await remoteOf(connection);
  const transport = new Transport(remote);
  await new Sender(transport, remote.origin).environment(environment);
  return transport.get(locksPaths.delegate);
}
