import { Agent, request } from 'node:http';
import type { Arm } from '../shop/store.js';

/** A request to the shop. */
export interface ShopRequest {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. Without a complete answer `status` is null and `body` says why. */
export interface ShopAnswer {
  readonly status: number | null;
  readonly arm: Arm | null;
  readonly candidateFault: boolean;
  readonly body: string;
}

/** A client with connections kept alive. */
export interface ShopClient {
  /** Never rejects: a customer sees an answer or none. */
  send(message: ShopRequest): Promise<ShopAnswer>;
  close(): void;
}

/** The whole answer must be there within `timeoutMs`. */
export function shopClient(url: string, limits: { connections: number; timeoutMs: number }): ShopClient {
  // Idle connections are dropped here long before the shop drops them: otherwise a request could meet a closing one.
  const agent = new Agent({ keepAlive: true, maxSockets: limits.connections, timeout: 20_000 });
  return {
    send: (message) => send(new URL(message.path, url), message, agent, limits.timeoutMs),
    close: () => agent.destroy(),
  };
}

function send(url: URL, message: ShopRequest, agent: Agent, timeoutMs: number): Promise<ShopAnswer> {
  return new Promise((resolve) => {
    const body = message.body === undefined ? undefined : JSON.stringify(message.body);
    const headers = {
      ...message.headers,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    };
    let arm: Arm | null = null;
    const outgoing = request(url, { method: message.method, agent, headers });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const lost = (error: Error): void => {
      clearTimeout(timer);
      resolve({ status: null, arm, candidateFault: false, body: error.message });
    };
    outgoing.on('error', lost);
    outgoing.on('response', (incoming) => {
      arm = armOf(incoming.headers['x-arm']);
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.on('error', lost);
      incoming.on('end', () => {
        clearTimeout(timer);
        const candidateFault = incoming.headers['x-fault'] === 'candidate';
        resolve({ status: incoming.statusCode ?? null, arm, candidateFault, body: text });
      });
    });
    outgoing.end(body);
  });
}

function armOf(header: string | string[] | undefined): Arm | null {
  return header === 'baseline' || header === 'candidate' ? header : null;
}
