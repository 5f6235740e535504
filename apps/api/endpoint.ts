import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { guard, type ApiEnv } from './guard.js';
import type { Answer, Described } from './openapi/operation.js';
import type { Placed } from './openapi/document.js';
import { readRequest } from './read-request.js';

/** What an endpoint is asked. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly door: Door;
  readonly caller: Caller;
  readonly request: Request;
  header(name: string): string | undefined;
  /** What is said of all operations. */
  document(): object;
}

/** What it answers: a value that its schema describes, or a response of its own. */
export type Reply<T> =
  { readonly body: T; readonly headers?: Readonly<Record<string, string>> } | { readonly response: Response };

interface Definition<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
> extends Described {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: Answer<A>;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<Reply<z.output<A>>>;
}

/** One operation of the API. */
export interface Endpoint extends Placed {
  readonly method: 'get' | 'post';
  register(app: Hono<ApiEnv>, door: Door, document: () => object): void;
}

/** Describes an operation once: its route, its page in the document, and its guards are made from it. */
export function endpoint<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodType,
>(definition: Definition<P, Q, B, A>): Endpoint {
  const { id, method, path, answer } = definition;
  const { status = 200, type = 'application/json', also = {} } = answer;
  const guarded = { id, types: [type, ...Object.keys(also)], hasBody: definition.body !== undefined };
  return {
    method,
    path,
    described: definition,
    register(app, door, document) {
      app.on(method.toUpperCase(), routeOf(path), guard(door, guarded), async (c: Context<ApiEnv>) => {
        const { params, query, body } = await readRequest(c, definition);
        const reply = await definition.handle({
          params: params as z.output<P>,
          query: query as z.output<Q>,
          body: body as z.output<B>,
          door,
          caller: c.get('caller'),
          request: c.req.raw,
          header: (name) => c.req.header(name),
          document,
        });
        if ('response' in reply) return reply.response;
        return c.json(reply.body as object, status, reply.headers ?? {});
      });
    },
  };
}

/** A path as the router writes it. */
function routeOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
