import { createApp } from '../../../apps/api/app.js';
import { auditTo } from '../../../apps/api/audit.js';
import { delegationsOf } from '../../../apps/api/delegations.js';
import type { Door } from '../../../apps/api/door.js';
import { createBuckets } from '../../../apps/api/limits/buckets.js';
import { createStreams } from '../../../apps/api/events/streams.js';
import { httpMetrics } from '../../../apps/api/http-metrics.js';
import { byName } from '../../../apps/api/identity/by-name.js';
import { listedRunbooks } from '../../../apps/api/runbooks.js';
import { keysUnderWay } from '../../../apps/api/under-way.js';
import type { DirectClient } from '../../../apps/client/client.js';
import { conformance } from './conformance.js';

/** What a test has of a rollout client: what is not given is not to be called. */
export function clientOf(given: object): DirectClient {
  return new Proxy(given, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name) as unknown;
      return () => Promise.reject(new Error(`${String(name)} is not to be called here`));
    },
  }) as DirectClient;
}

/** An API without a server: what HTTP itself asks for needs no Temporal. */
export function doorOf(client: object, over: Partial<Door> = {}) {
  const log: string[] = [];
  const write = (line: string) => void log.push(line);
  const stage = {
    client: clientOf(client),
    identities: byName(() => ({ ana: ['team-one'], ben: ['sre'] })),
    metrics: httpMetrics(),
  };
  const app = createApp({
    environment: 'here',
    config: '/nowhere.json',
    runbooks: listedRunbooks(() => ({}), '/'),
    underWay: keysUnderWay(),
    delegations: delegationsOf('here', () => ({})),
    streams: createStreams(stage),
    audit: auditTo(write),
    log: write,
    hosts: ['localhost'],
    mostBytes: 1_048_576,
    buckets: createBuckets({ burst: 100_000, perSecond: 1 }),
    policy: { last: { environment: {} } },
    ...stage,
    ...over,
  });
  const address = { incoming: { socket: { remoteAddress: '127.0.0.1' } } } as never;
  const fetched = (path: string, init: RequestInit = {}) =>
    app.request(path, { ...init, headers: { host: 'localhost:8080', ...init.headers } }, address);

  /** Calls, and holds the answer against the document. */
  async function call(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetched(path, { method, ...init });
    const text = await response.clone().text();
    check({ method, path, status: response.status, type: response.headers.get('content-type'), text });
    return response;
  }
  let check: ReturnType<typeof conformance> = () => undefined;
  return {
    app,
    log,
    call,
    /** To be awaited first. */
    async document() {
      const document: unknown = await (await fetched('/openapi.json')).json();
      check = conformance(document);
      return document as {
        readonly openapi: string;
        readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
      };
    },
  };
}

interface Operation {
  readonly operationId: string;
  readonly 'x-right': string | readonly string[];
  readonly responses: Readonly<Record<string, object>>;
  readonly requestBody?: object;
}
