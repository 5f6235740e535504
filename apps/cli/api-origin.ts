import { serverOrigin } from '../client/http/origin.js';
import { UsageError } from './usage-error.js';

/** The option of the commands that are about an API alone. */
export interface ApiOptions {
  readonly server?: string;
}

/** The API that is meant. Throws when none is named: these commands make no sense for Temporal. */
export function originOf({ server }: ApiOptions, env: NodeJS.ProcessEnv): string {
  const named = server ?? env.SWITCHBACK_URL;
  if (named) return serverOrigin(named);
  throw new UsageError('name the server with --server or SWITCHBACK_URL');
}
