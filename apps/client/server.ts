import type { ConnectionOptions } from '@temporalio/client';
import { Refusal } from '../../src/engine/base/errors.js';
import { Unreachable } from '../../activities/temporal/failures.js';

/** Where Temporal is, and who said so. */
export interface Server {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  /** Where the address came from, in words. */
  readonly origin: string;
  /** How to start it again when it does not answer. */
  readonly fix: string;
  readonly connection: ConnectionOptions;
}

const defaultNamespace = 'default';

/**
 * Finds Temporal: the address given, then TEMPORAL_ADDRESS and Temporal's profiles, then the local stack's state file.
 *
 * @throws Unreachable when none of them names one
 */
export async function findServer(given: string | undefined, env: NodeJS.ProcessEnv): Promise<Server> {
  const configured = await loadProfile(env);
  const { address } = configured.connection;
  const namespace = configured.namespace ?? defaultNamespace;
  const { connection } = configured;
  if (given !== undefined) {
    const fix = 'start it, or give another --address';
    return { address: given, namespace, connection, origin: 'given by --address', fix };
  }
  if (address) {
    const origin = env.TEMPORAL_ADDRESS === address ? 'from TEMPORAL_ADDRESS' : profileOrigin(env);
    return { address, namespace, connection, origin, fix: 'start it, or give another with --address' };
  }
  const { readStateFile, stateFile } = await import('../config/state-file.js');
  const file = stateFile(env);
  const state = await readStateFile(file).catch((error: unknown) => {
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  });
  if (!state) {
    throw new Unreachable(
      'no Temporal server is known: start a local stack with "switchback dev", or name a server with --address host:port or TEMPORAL_ADDRESS',
    );
  }
  return {
    address: state.temporal.address,
    namespace: defaultNamespace,
    connection: {},
    origin: `from the local stack's ${file}`,
    fix: 'start the stack again with "switchback dev", or give an --address',
  };
}

async function loadProfile(
  env: NodeJS.ProcessEnv,
): Promise<{ namespace?: string | undefined; connection: ConnectionOptions }> {
  const { loadClientConnectConfig } = await import('@temporalio/envconfig');
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  try {
    const { namespace, connectionOptions } = loadClientConnectConfig({ overrideEnvVars });
    const defined = Object.entries(connectionOptions).filter(([, value]) => value !== undefined);
    return { namespace, connection: Object.fromEntries(defined) };
  } catch (error) {
    const rule = `cannot be used (${error instanceof Error ? error.message : String(error)})`;
    throw new Refusal("Temporal's client configuration", rule, 'fix the file or the TEMPORAL_ variables');
  }
}

function profileOrigin(env: NodeJS.ProcessEnv): string {
  return `from Temporal's profile ${env.TEMPORAL_PROFILE ?? 'default'}`;
}
