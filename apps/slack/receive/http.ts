import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Handled } from './handle.js';
import type { Receiver } from './receiver.js';
import type { Signatures } from './signature.js';

/** What a receiver over HTTP is made with. */
interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly signatures: Signatures;
  readonly handle: (body: unknown) => Promise<Handled>;
  readonly log: (line: string) => void;
}

/** Where Slack is told to send to. */
export const eventsPath = '/slack/events';
/** Bytes of a body: a click brings the whole message with it. */
const mostBytes = 1_048_576;
/** Milliseconds. */
const requestWithin = 10_000;
const endWithin = 10_000;

/** Takes what Slack sends over HTTP. Throws `Refusal` for an address that cannot be listened at. */
export async function receiveOverHttp(options: HttpOptions): Promise<Receiver> {
  const underWay = new Set<Promise<void>>();
  const server = createServer(
    { headersTimeout: requestWithin, requestTimeout: requestWithin },
    (request, response) => {
      const done = serve(options, request, response).catch((error: unknown) => {
        options.log(
          `a request was not understood: ${error instanceof Error ? error.message : String(error)}`,
        );
        if (!response.headersSent) answer(response, 500);
      });
      underWay.add(done);
      void done.finally(() => underWay.delete(done));
    },
  );
  const { host, port } = options;
  await listen(server, host, port);
  const { address, port: actual } = server.address() as AddressInfo;
  return {
    where: `http://${isIPv6(address) ? `[${address}]` : address}:${actual}${eventsPath}`,
    async close() {
      await end(server);
      await Promise.all(underWay);
    },
  };
}

async function serve(
  { signatures, handle, log }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0];
  if (request.method === 'GET' && path === '/health') return answer(response, 200, { ok: true });
  if (path !== eventsPath) return answer(response, 404);
  if (request.method !== 'POST') return answer(response, 405);
  const text = await bodyOf(request);
  if (text === undefined) return answer(response, 413);
  const fault = signatures.fault(headersOf(request), text);
  if (fault !== undefined) {
    log(`refused a request from ${request.socket.remoteAddress ?? 'nowhere'}: ${fault}`);
    return answer(response, 401);
  }
  const body = parsed(request.headers['content-type'], text);
  const challenge = (body as { challenge?: unknown } | undefined)?.challenge;
  if (typeof challenge === 'string') return answer(response, 200, { challenge });
  const { reply, after } = await handle(body);
  answer(response, 200, reply);
  await after?.();
}

/** Undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Clicks come as JSON in a form, commands as a form, events as JSON. Undefined for what is none of these. */
function parsed(type: string | undefined, text: string): unknown {
  try {
    if (type?.startsWith('application/json')) return JSON.parse(text);
    const form = Object.fromEntries(new URLSearchParams(text));
    return form['payload'] === undefined ? form : JSON.parse(form['payload']);
  } catch {
    return undefined;
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

function answer(response: ServerResponse, status: number, body?: object): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(body && { 'content-type': 'application/json' }),
  });
  response.end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Refusal(`${host}:${port}`, `cannot be listened at (${error.code})`, 'give another --port'));
    });
    server.listen(port, host, resolve);
  });
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const last = setTimeout(() => server.closeAllConnections(), endWithin);
    server.close(() => {
      clearTimeout(last);
      resolve();
    });
    server.closeIdleConnections();
  });
}
