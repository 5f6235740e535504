import type { RolloutClient } from './client.js';

/** How rollouts are reached: over an API, or over Temporal itself. */
export interface ReachOptions {
  /** `host:port` of Temporal; found through the environment and the local stack when absent. */
  readonly address?: string | undefined;
  /** Address of an API; SWITCHBACK_URL when absent, unless `address` is given. */
  readonly server?: string | undefined;
  /** Who asks, where a name is enough. */
  readonly as?: string | undefined;
  /** Variables of the process. */
  readonly env: NodeJS.ProcessEnv;
}

/** The API that is meant; undefined when Temporal itself is. */
export function apiOf({ address, server, env }: ReachOptions): string | undefined {
  if (server !== undefined) return server;
  return address === undefined ? env.SWITCHBACK_URL || undefined : undefined;
}

/** Reaches rollouts as the command line does. Only what is needed is loaded: Temporal's client takes longer than the rest. */
export async function reach(options: ReachOptions): Promise<RolloutClient> {
  const { address, as, env } = options;
  const server = apiOf(options);
  if (server !== undefined) {
    const { connectToApi } = await import('./http/connect-to-api.js');
    return connectToApi({ server, as, env });
  }
  const { connect } = await import('./connect.js');
  return connect({ env, ...(address !== undefined && { address }) });
}
