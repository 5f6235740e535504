import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request that came, with what it carried. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** A server on this machine for the length of a test: its origin, and what came. */
export async function serving(
  answer: RequestListener,
): Promise<{ readonly origin: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** A listener that answers each path with JSON. */
export function answering(answers: Readonly<Record<string, object>>, status = 200): RequestListener {
  return (request, response) => {
    const body = answers[new URL(request.url ?? '', 'http://any').pathname];
    response.writeHead(body ? status : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  };
}

/** An origin at which nobody listens. */
export async function closedOrigin(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
