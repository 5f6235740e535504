import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { closeServer, listen } from './listen.js';

/** The metrics' own listener: it can be taken away and given back while customers are served. */
export interface MetricsServer {
  readonly url: string;
  /** Closes the listener and every open connection. */
  off(): Promise<void>;
  /** Listens again on the same port. @throws Error when another process has taken it. */
  on(): Promise<void>;
}

/** Serves `/metrics` on the port of 127.0.0.1; 0 takes a free one. */
export async function startMetricsServer(registry: Registry, port: number): Promise<MetricsServer> {
  let server: Server | undefined;
  const open = async (at: number): Promise<number> => {
    server = createServer((request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    return listen(server, at);
  };
  const taken = await open(port);
  return {
    url: `http://127.0.0.1:${taken}/metrics`,
    async off() {
      const open = server;
      server = undefined;
      if (!open) return;
      open.closeAllConnections();
      await closeServer(open);
    },
    async on() {
      if (!server) await open(taken);
    },
  };
}
