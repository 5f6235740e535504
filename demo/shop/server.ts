import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { OpenFeature, ProviderEvents, type Client } from '@openfeature/server-sdk';
import { baselineStore } from './baseline.js';
import { BadRequest, nameIn, newCustomerIn, readObject, totalCentsIn } from './body.js';
import { candidateStore } from './candidate.js';
import { candidateDelay, CandidateFault, withFault, type CandidateMode } from './fault.js';
import { FlagFileProvider } from './flag-provider.js';
import { SPLIT_NAME } from './initial-flags.js';
import { closeServer, listen } from './listen.js';
import { shopMetrics } from './metrics.js';
import { startMetricsServer } from './metrics-server.js';
import { orderStore, type OrderStore } from './orders.js';
import { routeOf, type Route } from './routes.js';
import type { Arm, CustomerStore, Query } from './store.js';

/** What a shop needs. Ports of 0 take free ones. */
export interface ShopOptions {
  readonly databaseUrl: string;
  readonly flagsFile: string;
  readonly candidate: CandidateMode;
  readonly port: number;
  readonly metricsPort: number;
}

/** A shop that serves customers. */
export interface RunningShop {
  readonly url: string;
  readonly metricsUrl: string;
  setCandidate(mode: CandidateMode): void;
  setMetrics(state: 'on' | 'off'): Promise<void>;
  /** Answers the requests in flight, then lets go of ports, database and flag file. */
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Starts the shop. @throws Error when the flag file is no good or a port is taken. */
export async function startShop(options: ShopOptions): Promise<RunningShop> {
  let mode = options.candidate;
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: 'demo-shop',
    max: 10,
    connectionTimeoutMillis: 5_000,
  });
  // A connection that dies while idle is replaced at the next request; unhandled, the event would end the shop.
  pool.on('error', () => undefined);
  const query: Query = async <Row extends object>(text: string, values: readonly unknown[]) =>
    (await pool.query<Row & pg.QueryResultRow>(text, [...values])).rows;
  const stores = { baseline: baselineStore(query), candidate: withFault(candidateStore(query), () => mode) };
  const orders = orderStore(query);

  const domain = `shop-${process.pid}-${Math.random()}`;
  await OpenFeature.setProviderAndWait(domain, new FlagFileProvider(options.flagsFile));
  const flags = OpenFeature.getClient(domain);
  flags.addHandler(ProviderEvents.Stale, (event) => console.error(event?.message));
  const metrics = shopMetrics();
  const metricsServer = await startMetricsServer(metrics.registry, options.metricsPort);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routeOf(request.method ?? '', request.url ?? '/');
    const arm = await armFor(flags, route, request);
    const end = metrics.begin(arm, route.name);
    response.once('close', () =>
      end(response.writableFinished && response.statusCode < 500 ? 'ok' : 'error'),
    );
    response.setHeader('x-arm', arm);
    let answer: Answer;
    try {
      if (arm === 'candidate') await candidateDelay(mode);
      answer = await answerTo(route, request, stores[arm], orders);
    } catch (error) {
      answer = answerToError(error);
      if (error instanceof CandidateFault) response.setHeader('x-fault', 'candidate');
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  // Longer than a client keeps an idle connection: closing one that is just being used again looks like a failure.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: metricsServer.url,
    setCandidate(next) {
      mode = next;
    },
    setMetrics: (state) => (state === 'on' ? metricsServer.on() : metricsServer.off()),
    async stop() {
      await closeServer(server);
      await metricsServer.off();
      await OpenFeature.getProvider(domain).onClose?.();
      await pool.end();
    },
  };
}

/** Who sees the candidate is decided by customer, or by session where there is no customer yet. */
async function armFor(flags: Client, route: Route, request: IncomingMessage): Promise<Arm> {
  const session = request.headers['x-session'];
  const targetingKey = 'id' in route ? String(route.id) : typeof session === 'string' ? session : 'anonymous';
  return (await flags.getBooleanValue(SPLIT_NAME, false, { targetingKey })) ? 'candidate' : 'baseline';
}

async function answerTo(
  route: Route,
  request: IncomingMessage,
  customers: CustomerStore,
  orders: OrderStore,
): Promise<Answer> {
  switch (route.name) {
    case 'read': {
      const customer = await customers.find(route.id);
      return customer
        ? { status: 200, body: { ...customer, orders: await orders.latest(route.id) } }
        : notFound(route.id);
    }
    case 'rename': {
      const customer = await customers.rename(route.id, nameIn(await readObject(request)));
      return customer ? { status: 200, body: customer } : notFound(route.id);
    }
    case 'create':
      return { status: 201, body: await customers.create(newCustomerIn(await readObject(request))) };
    case 'search':
      return { status: 200, body: { customers: await customers.search(route.family) } };
    case 'order': {
      const order = await orders.place(route.id, totalCentsIn(await readObject(request)));
      return order ? { status: 201, body: order } : notFound(route.id);
    }
    case 'other':
      return { status: 404, body: { error: 'there is nothing here: see /customers' } };
  }
}

function notFound(id: number): Answer {
  return { status: 404, body: { error: `there is no customer ${id}` } };
}

function answerToError(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  return { status: error instanceof BadRequest ? 400 : 500, body: { error: message } };
}
