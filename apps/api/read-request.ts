import type { Context } from 'hono';
import type { z } from 'zod';
import type { ApiEnv } from './guard.js';
import { ProblemError, type ProblemName } from './problems/catalogue.js';

/** What of a request is read. */
interface Shapes {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
}

/** Reads a request as the document asks for it. Throws a problem that names the first member that is not so. */
export async function readRequest(c: Context<ApiEnv>, { params, query, headers, body }: Shapes) {
  const found = {
    params: params && parse(params, c.req.param(), 'the path', 'invalid-request'),
    query: query && parse(query, queryOf(c), 'the query', 'invalid-request'),
  };
  if (headers) parse(headers, c.req.header(), 'the headers', 'invalid-request');
  return { ...found, body: body && parse(body, await jsonOf(c), 'the body', 'unprocessable') };
}

function parse(schema: z.ZodType, value: unknown, where: string, name: ProblemName): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  const what = path === '' ? where : `${path} of ${where}`;
  throw new ProblemError(name, what, issue?.message ?? 'is not as it should be', 'see /openapi.json');
}

/** What is given twice is a list, and so no value. */
function queryOf(c: Context<ApiEnv>): Record<string, string | readonly string[]> {
  const all = Object.entries(c.req.queries());
  return Object.fromEntries(all.map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

async function jsonOf(c: Context<ApiEnv>): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProblemError('invalid-request', 'the body', 'is not JSON', 'send one JSON value in UTF-8');
  }
}
