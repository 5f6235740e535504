import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { accepted, isJson } from './formats.js';
import { needs, type Need, type OperationId } from './needs.js';
import { ProblemError } from './problems/catalogue.js';
import { requireOneOf } from './require-right.js';

/** What a request carries from one part to the next. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { caller: Caller; operation: OperationId };
}

/** What of an operation its guard has to know. */
interface Guarded {
  readonly id: OperationId;
  readonly types: readonly string[];
  readonly hasBody: boolean;
}

/** Stands before every operation: who asks is known, and may, before anything that they sent is looked at. */
export function guard(door: Door, { id, types, hasBody }: Guarded): MiddlewareHandler<ApiEnv> {
  const limit = bodyLimit({
    maxSize: door.mostBytes,
    onError: () => {
      const why = `has more than ${door.mostBytes} bytes`;
      throw new ProblemError('too-large', 'the body', why, 'send less');
    },
  });
  return async (c, next) => {
    c.set('operation', id);
    if (needs[id] === 'nothing') door.buckets.take(`from ${addressOf(c)}`);
    else await admit(door, id, c);
    if (!accepted(c.req.header('accept'), types)) {
      const why = `is asked for as ${c.req.header('accept')}`;
      throw new ProblemError('not-acceptable', id, why, `accept ${types.join(' or ')}`);
    }
    if (!hasBody) return next();
    if (!isJson(c.req.header('content-type'))) {
      const why = `is sent as ${c.req.header('content-type') ?? 'nothing in particular'}`;
      const fix = 'send application/json: a page of another site cannot';
      throw new ProblemError('unsupported-media-type', 'the body', why, fix);
    }
    return limit(c, next);
  };
}

async function admit(door: Door, id: OperationId, c: Context<ApiEnv>): Promise<void> {
  const address = addressOf(c);
  const caller = await door.identities.callerOf(c.req.raw.headers, address).catch((error: unknown) => {
    // Whoever tries tokens is counted by where they are; those who have one are counted by it.
    door.buckets.take(`from ${address}`);
    throw error;
  });
  c.set('caller', caller);
  door.buckets.take(`by ${caller.token ?? caller.name}`);
  const need: Need = needs[id];
  if (need === 'nothing' || need === 'a name') return;
  requireOneOf(door, caller, need, c.req.param('runbook'));
}

/** From where the request came, as the socket says: what a header says of it, anybody can write. */
export function addressOf(c: Context<ApiEnv>): string {
  return c.env?.incoming?.socket.remoteAddress ?? 'unknown';
}
