import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsOfBlocks } from './limits.js';

/** What goes wrong with one request. */
export type Fault =
  /** Slack asks to wait; nothing is done. */
  | { readonly type: 'busy'; readonly seconds: number }
  /** A machine before Slack answers; nothing is done. */
  | { readonly type: 'broken' }
  /** It is done, and nobody hears of it. */
  | { readonly type: 'lost' }
  /** It is done, and the answer is a fault of a machine in between. */
  | { readonly type: 'done-but-broken' }
  /** It is done so many milliseconds later. */
  | { readonly type: 'late'; readonly ms: number }
  /** Nothing is done, and nothing is answered. */
  | { readonly type: 'hangs' }
  /** It is answered with a body instead. */
  | { readonly type: 'answers'; readonly body: object };

/** A request as it came. */
export interface Call {
  readonly method: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** Stands between an app and Slack. */
export interface FaultProxy {
  /** Of the Web API. */
  readonly url: string;
  readonly calls: readonly Call[];
  /** What Slack would not take of what was sent through. */
  readonly tooBig: readonly string[];
  /** Resolves when nothing is under way that somebody gave up waiting for. */
  settled(): Promise<void>;
  /** The next requests of a method go wrong so, one after the other. */
  next(method: string, ...faults: readonly Fault[]): void;
  close(): Promise<void>;
}

/** @param target the Web API behind it, with a slash in the end */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const calls: Call[] = [];
  const tooBig: string[] = [];
  const queues = new Map<string, Fault[]>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const method = (request.url ?? '').replace(/^\//, '');
    const sent = Buffer.concat(chunks).toString('utf8');
    const text = method === 'views.open' ? await withTrigger(target, request, sent) : sent;
    const body = bodyOf(request.headers['content-type'], text);
    calls.push({ method, body, at: Date.now() });
    const view = body['view'] as { blocks?: unknown } | undefined;
    tooBig.push(...faultsOfBlocks(view ?? body).map((fault) => `${method}: ${fault}`));
    const forward = async () => {
      const answer = await fetch(`${target}${method}`, {
        method: 'POST',
        redirect: 'error',
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': request.headers['content-type'] ?? 'application/json',
        },
        body: text,
      });
      return answer.text();
    };
    const json = (status: number, answer: string, headers: object = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(answer);
    };
    const fault = queues.get(method)?.shift();
    switch (fault?.type) {
      case 'busy':
        return json(429, '{"ok":false,"error":"ratelimited"}', { 'retry-after': String(fault.seconds) });
      case 'broken':
        return json(503, 'upstream is not there');
      case 'lost':
        await forward();
        request.socket.destroy();
        return;
      case 'done-but-broken':
        await forward();
        return json(502, 'no answer from upstream');
      case 'late':
        await sleep(fault.ms);
        return json(200, await forward());
      case 'hangs':
        return;
      case 'answers':
        return json(200, JSON.stringify(fault.body));
      case undefined:
        return json(200, await forward());
    }
  }

  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const done = serve(request, response).catch(() => void request.socket.destroy());
    underWay.add(done);
    void done.finally(() => underWay.delete(done));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls,
    tooBig,
    async settled() {
      await Promise.all(underWay);
    },
    next(method, ...faults) {
      queues.set(method, [...(queues.get(method) ?? []), ...faults]);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * What opens a dialog counts for three seconds, which a busy machine may need for a click: a trigger for a user is made
 * where it is used.
 */
async function withTrigger(target: string, { headers }: IncomingMessage, text: string): Promise<string> {
  const form = new URLSearchParams(text);
  const [, user] = /^for:(.+)$/.exec(form.get('trigger_id') ?? '') ?? [];
  if (user === undefined) return text;
  const answer = await fetch(`${target}views.generateTriggerId`, {
    method: 'POST',
    redirect: 'error',
    headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: user }),
  });
  form.set('trigger_id', ((await answer.json()) as { trigger_id: string }).trigger_id);
  return form.toString();
}

/** The client sends forms, in which what is no text is JSON. */
function bodyOf(type: string | undefined, text: string): Record<string, unknown> {
  if (type?.startsWith('application/json')) return JSON.parse(text) as Record<string, unknown>;
  const form = [...new URLSearchParams(text)];
  return Object.fromEntries(
    form.map(([name, value]) => [name, /^[[{]/.test(value) ? JSON.parse(value) : value]),
  );
}
