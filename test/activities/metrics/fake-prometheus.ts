import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseExposition } from '../../../activities/metrics/exposition.js';
import { listen, type HttpServer } from './http-server.js';

type Labels = Readonly<Record<string, string>>;
interface Series {
  readonly metric: Labels;
  readonly values: [seconds: number, value: string][];
}
export interface Matrix {
  status: string;
  data: { resultType: string; result: Series[] };
  [member: string]: unknown;
}

/** Prometheus's HTTP API as far as a source asks for it: the raw samples of one selector over a time until now. */
export class FakePrometheus {
  /** The questions that came. */
  readonly asked: IncomingMessage[] = [];
  /** Changes each answer before it is sent; without an answer it never ends. */
  change: (answer: Matrix, response: ServerResponse) => unknown = (answer) => answer;
  /** Whether its index can be asked for labels. */
  knowsLabels = true;
  readonly #series = new Map<string, Series>();
  #server: HttpServer | undefined;

  static async start(): Promise<FakePrometheus> {
    const fake = new FakePrometheus();
    fake.#server = await listen((request, response) => {
      fake.asked.push(request);
      const url = new URL(request.url ?? '', 'http://fake');
      const [, label] = /^\/api\/v1\/label\/(\w+)\/values$/.exec(url.pathname) ?? [];
      if (label !== undefined && fake.knowsLabels) {
        const data = fake.#valuesOf(label, url.searchParams.get('match[]') ?? '');
        return response.end(JSON.stringify({ status: 'success', data }));
      }
      if (url.pathname !== '/api/v1/query') return response.writeHead(404).end('404 page not found');
      const result = fake.#select(url.searchParams.get('query') ?? '');
      const body = fake.change({ status: 'success', data: { resultType: 'matrix', result } }, response);
      if (body === undefined) return response.write('{');
      if (!response.headersSent) response.setHeader('content-type', 'application/json');
      return response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    return fake;
  }

  get url(): string {
    return (this.#server?.url ?? '').replace(/\/metrics$/, '');
  }

  stop(): Promise<void> {
    return this.#server?.stop() ?? Promise.resolve();
  }

  /** Takes in what a process exposes, as scraped at a time (milliseconds since the epoch). */
  record(at: number, exposition: string, target: Labels): void {
    for (const { name, labels, value } of parseExposition(exposition).samples) {
      const metric = { __name__: name, ...Object.fromEntries(labels), ...target };
      const key = JSON.stringify(metric);
      const series: Series = this.#series.get(key) ?? { metric, values: [] };
      this.#series.set(key, series);
      series.values.push([at / 1_000, String(value)]);
    }
  }

  #valuesOf(label: string, match: string): string[] {
    const [, name = '', selector = ''] = /^(\w+)(?:\{(.*)\})?$/s.exec(match) ?? [];
    const found = this.#fitting(selector).filter(({ metric }) => metric['__name__'] === name);
    return [...new Set(found.flatMap(({ metric }) => metric[label] ?? []))];
  }

  #select(query: string): Series[] {
    const [, selector = '', range = '0'] = /^\{(.*)\}\[(\d+)ms\]$/s.exec(query) ?? [];
    const from = (Date.now() - Number(range)) / 1_000;
    return this.#fitting(selector)
      .map(({ metric, values }) => ({ metric, values: values.filter(([at]) => at >= from) }))
      .filter(({ values }) => values.length > 0);
  }

  #fitting(selector: string): Series[] {
    const matchers = [...selector.matchAll(/(\w+)(=~?)("(?:[^"\\]|\\.)*")/g)].map(
      ([, label = '', operator, text = '']) => {
        const wanted = JSON.parse(text) as string;
        const pattern = operator === '=' ? undefined : new RegExp(`^(?:${wanted})$`, 's');
        const fits = (value: string) => (pattern === undefined ? value === wanted : pattern.test(value));
        return (metric: Labels) => fits(metric[label] ?? '');
      },
    );
    return [...this.#series.values()].filter(({ metric }) => matchers.every((fits) => fits(metric)));
  }
}
