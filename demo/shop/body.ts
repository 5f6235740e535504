import type { IncomingMessage } from 'node:http';
import { nameOf, type Name } from './names.js';
import type { NewCustomer } from './store.js';

/** The client sent something that cannot be used; answered with 400 and the message. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

const MAX_BYTES = 16_384;

/** Reads a JSON object of at most 16 KiB. @throws BadRequest otherwise. */
export async function readObject(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new BadRequest(`the body is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (isObject(body)) return body;
  } catch (error) {
    throw new BadRequest('the body is not JSON', { cause: error });
  }
  throw new BadRequest('the body is not a JSON object');
}

/** Reads `name` of a body: `{given, family}`, both non-empty. @throws BadRequest otherwise. */
export function nameIn(body: Readonly<Record<string, unknown>>): Name {
  const name = body['name'];
  if (!isObject(name)) throw new BadRequest('name is missing: send {"name": {"given": ..., "family": ...}}');
  return nameOf(textIn(name, 'given'), textIn(name, 'family'));
}

/** Reads a new customer: name, email and region. @throws BadRequest naming what is missing. */
export function newCustomerIn(body: Readonly<Record<string, unknown>>): NewCustomer {
  return { name: nameIn(body), email: textIn(body, 'email'), region: textIn(body, 'region') };
}

/** Reads `totalCents` of a body: a whole number above 0. @throws BadRequest otherwise. */
export function totalCentsIn(body: Readonly<Record<string, unknown>>): number {
  const total = body['totalCents'];
  if (typeof total === 'number' && Number.isInteger(total) && total > 0 && total < 2 ** 31) return total;
  throw new BadRequest('totalCents must be a whole number above 0');
}

function textIn(object: Readonly<Record<string, unknown>>, key: string): string {
  const text = object[key];
  if (typeof text === 'string' && text !== '' && text === text.trim()) return text;
  throw new BadRequest(`${key} must be a text that is not empty, without blanks around it`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
