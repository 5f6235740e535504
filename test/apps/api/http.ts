import { inject } from 'vitest';
import { startApi } from '../../../apps/api/api.js';
import type { Api, ApiOptions } from '../../../apps/api/options.js';
import { conformance } from './conformance.js';

/** What is sent. */
export interface Sending {
  /** Whose name. */
  readonly as?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an API answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json<T = Record<string, unknown>>(): T;
}

/** A running API, whose every answer is held against its own document. */
export interface TestApi {
  readonly api: Api;
  readonly log: string[];
  call(method: string, path: string, sending?: Sending): Promise<Answered>;
  get(path: string, sending?: Sending): Promise<Answered>;
  post(path: string, body: unknown, sending?: Sending): Promise<Answered>;
}

export async function startTestApi(
  options: Pick<ApiOptions, 'environment' | 'config'> & Partial<ApiOptions>,
): Promise<TestApi> {
  const log: string[] = [];
  const api = await startApi({
    port: 0,
    address: inject('temporalAddress'),
    env: {},
    log: (line) => void log.push(line),
    ...options,
  });
  const document = await (await fetch(`${api.url}/openapi.json`)).json();
  const check = conformance(document);

  async function call(method: string, path: string, sending: Sending = {}): Promise<Answered> {
    const { as, token, body, headers = {} } = sending;
    const response = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...(as !== undefined && { 'switchback-as': as }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    check({ method, path, status: response.status, type: response.headers.get('content-type'), text });
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: <T>() => JSON.parse(text) as T,
    };
  }
  return {
    api,
    log,
    call,
    get: (path, sending) => call('GET', path, sending),
    post: (path, body, sending) => call('POST', path, { ...sending, body }),
  };
}
