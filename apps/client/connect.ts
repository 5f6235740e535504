import type { DirectClient } from './client.js';

export interface ConnectOptions {
  /** `host:port`; found through the environment and the local stack when absent. */
  readonly address?: string;
  /** Variables of the process; `process.env` when absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Connects to Temporal. Throws `Unreachable` that names the address and where it came from. */
export async function connect(options: ConnectOptions = {}): Promise<DirectClient> {
  const { findServer } = await import('./server.js');
  const server = await findServer(options.address, options.env ?? process.env);
  // Loading Temporal's client takes longer than all the rest of a command: only those that need it do.
  const { connectTo } = await import('./temporal-client.js');
  return connectTo(server);
}
