import { Hono, type Context } from 'hono';
import type { Door } from './door.js';
import { endpoints } from './endpoints/index.js';
import { addressOf, type ApiEnv } from './guard.js';
import { requireHost } from './limits/hosts.js';
import { documentOf } from './openapi/document.js';
import { otherMethods } from './other-methods.js';
import { problemResponse } from './problems/answer.js';
import { problemOf } from './problems/of-error.js';

/** The whole API over one door. */
export function createApp(door: Door): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.use(async (c, next) => {
    const began = performance.now();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
    requireHost(door.hosts, c.req.header('host'));
    await next();
    door.metrics.answered(c.get('operation') ?? 'none', c.res.status, (performance.now() - began) / 1_000);
  });
  let made: object | undefined;
  const document = () => (made ??= documentOf(endpoints, door.identities.byName));
  for (const endpoint of endpoints) endpoint.register(app, door, document);
  const refuseOthers = otherMethods(endpoints);
  app.notFound((c) => {
    door.buckets.take(`from ${addressOf(c)}`);
    throw refuseOthers(c.req.method, c.req.path);
  });
  app.onError((error, c) => answer(door, c, error));
  return app;
}

function answer(door: Door, c: Context<ApiEnv>, error: unknown): Response {
  const problem = problemOf(error);
  const operation = c.get('operation') ?? 'none';
  if (problem.problem === 'unexpected') door.log(`${operation}: ${textOf(error)}`);
  const response = problemResponse(problem);
  response.headers.set('cache-control', 'no-store');
  const caller = c.get('caller');
  door.audit.refused({
    operation,
    status: response.status,
    problem: problem.problem,
    address: addressOf(c),
    ...(caller && { by: caller.name }),
    ...(caller?.token !== undefined && { token: caller.token }),
  });
  return response;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
