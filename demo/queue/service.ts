import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** A job queue whose number of consumers can be asked for and set over HTTP, as a platform team would have it. */
export interface QueueService {
  readonly url: string;
  /** How many consumers a queue has. */
  consumers(queue: string): number | undefined;
  /** What a change waits for before it takes effect, also when whoever asked for it has gone meanwhile. */
  busyUntil: Promise<void>;
  close(): Promise<void>;
}

/** A queue as the service tells it. Its members are what a client has to send, but for `waiting`. */
export const queueShape = z.object({ consumers: z.number().int(), waiting: z.number().int() });

const resizeShape = z.strictObject({ consumers: z.number().int().min(1).max(64) });

/** Opens the service with queues of so many consumers. */
export async function openQueueService(queues: Readonly<Record<string, number>>): Promise<QueueService> {
  const consumers = new Map(Object.entries(queues));
  const waiting = new Map<string, number>();
  const beat = setInterval(() => {
    for (const [queue, workers] of consumers) {
      const jobs = (waiting.get(queue) ?? 0) + 10;
      waiting.set(queue, Math.max(0, jobs - workers));
    }
  }, 50);

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const queue = /^\/queues\/([^/]+)$/.exec(request.url ?? '')?.[1] ?? '';
    if (!consumers.has(queue)) return response.writeHead(404).end(`no queue ${queue}\n`);
    if (request.method === 'PUT') {
      const wanted = resizeShape.safeParse(JSON.parse(await textOf(request)));
      if (!wanted.success) return response.writeHead(400).end(`${wanted.error.message}\n`);
      await service.busyUntil;
      consumers.set(queue, wanted.data.consumers);
      return response.writeHead(204).end();
    }
    const told = { consumers: consumers.get(queue), waiting: waiting.get(queue) ?? 0 };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(400).end('cannot be read\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const service: QueueService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    consumers: (queue) => consumers.get(queue),
    busyUntil: Promise.resolve(),
    close: () =>
      new Promise<void>((resolve) => {
        clearInterval(beat);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return service;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
