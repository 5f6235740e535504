import { userInfo } from 'node:os';
import type { RolloutClient } from '../client.js';
import { HttpRolloutClient } from './http-client.js';
import { isLoopback, serverOrigin } from './origin.js';
import { tokenFor } from './token.js';
import { Transport, type Remote } from './transport.js';

/** Which server, and as whom. */
export interface ApiConnection {
  readonly server: string;
  /** The name for a local environment, where nobody proves anything; the user of this machine when absent. */
  readonly as?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Rollouts over an API. Nothing is asked yet. */
export async function connectToApi(connection: ApiConnection): Promise<RolloutClient> {
  const remote = await remoteOf(connection);
  return new HttpRolloutClient(new Transport(remote), remote.origin);
}

/** The server with what proves to it who asks. */
export async function remoteOf({ server, as, env }: ApiConnection): Promise<Remote> {
  const origin = serverOrigin(server);
  const token = await tokenFor(origin, env);
  if (token !== undefined) return { origin, headers: { authorization: `Bearer ${token}` } };
  // A name proves nothing: it is told to this machine alone, as on the command line.
  const named = isLoopback(new URL(origin).hostname);
  return { origin, headers: named ? { 'switchback-as': as ?? userInfo().username } : {} };
}
