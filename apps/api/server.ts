import { createServer, type Server } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { Refusal } from '../../src/engine/base/errors.js';
import type { ApiEnv } from './guard.js';

/** A server that listens. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** Milliseconds in which a request has to have come: whoever sends a byte now and then holds no connection for long. */
const headersWithin = 10_000;
const requestWithin = 30_000;
/** Milliseconds that requests under way have when the server ends. */
const endWithin = 20_000;

/** Throws `Refusal` for an address that is taken or cannot be listened at. */
export async function listen(app: Hono<ApiEnv>, host: string, port: number): Promise<Listening> {
  const options = { headersTimeout: headersWithin, requestTimeout: requestWithin, maxHeaderSize: 16_384 };
  const server = createServer(options, getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  await begin(server, host, port);
  const { address, port: actual } = server.address() as AddressInfo;
  const url = `http://${isIPv6(address) ? `[${address}]` : address}:${actual}`;
  return { url, close: () => end(server) };
}

function begin(server: Server, host: string, port: number): Promise<void> {
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
