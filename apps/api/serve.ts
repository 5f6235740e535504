import { dirname } from 'node:path';
import type { DirectClient } from '../client/client.js';
import type { RereadEnvironment } from '../config/reread.js';
import { createApp } from './app.js';
import { auditTo } from './audit.js';
import { openDelegations } from './delegations.js';
import { usualRate } from './door.js';
import { createStreams } from './events/streams.js';
import { httpMetrics } from './http-metrics.js';
import type { Identities } from './identity/identities.js';
import { createBuckets } from './limits/buckets.js';
import { listedRunbooks } from './runbooks.js';
import { listen, type Listening } from './server.js';
import type { Api, ApiOptions } from './options.js';
import type { Signer } from '../client/signing/signer.js';
import { keysUnderWay } from './under-way.js';

/** What a door is opened with. */
interface Opened {
  readonly policy: RereadEnvironment;
  /** Ends that it is read again. */
  keptUp(): void;
  readonly identities: Identities;
  readonly client: DirectClient;
  readonly signer?: Signer;
}

/** Of a body. */
const mostBytes = 1_048_576;

/** Listens, and answers. What it was opened with is closed when that fails, and in the end. */
export async function serve(options: ApiOptions & { readonly host: string }, opened: Opened): Promise<Api> {
  const { environment, config, host, port, log, hostNames = [], rate = usualRate } = options;
  const { client, identities, policy, keptUp } = opened;
  const metrics = httpMetrics();
  const streams = createStreams({ client, identities, metrics });
  const audit = auditTo(log);
  const now = () => policy.last.environment;
  const delegations = openDelegations(environment, now(), now);
  const app = createApp({
    ...opened,
    delegations,
    environment,
    config,
    metrics,
    streams,
    audit,
    log,
    mostBytes,
    runbooks: listedRunbooks(() => now().runbooks ?? {}, dirname(config)),
    hosts: ['localhost', '127.0.0.1', '[::1]', ...hostNames.map((name) => name.toLowerCase())],
    buckets: createBuckets(rate),
    underWay: keysUnderWay(),
  });
  const server: Listening = await listen(app, host, port).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  return {
    url: server.url,
    async close() {
      streams.close();
      await server.close();
      audit.close();
      keptUp();
      await delegations.close();
      await client.close();
    },
  };
}
