import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Requests of all customers together in a millisecond. */
const rate = 2;
/** Upper bounds of the histogram in seconds; every request takes less than the first. */
const bounds = ['0.01', '0.1', '1', '10', '+Inf'];

/** A shop whose customers never rest: it splits them by its flag file, and tells what each arm did. */
export interface Storefront {
  readonly url: string;
  readonly metricsUrl: string;
  /** Share of the candidate's requests that fail from now on, 0 to 1. */
  failing: number;
  /** Share of the baseline's requests that fail from now on, 0 to 1. */
  baselineFailing: number;
  /** What the metrics endpoint answers: measurements, those of a broken counter, the error page of some proxy, or an error. */
  answers: 'metrics' | 'no numbers' | 'html' | 'error';
  /** How often it was asked for its metrics. */
  scrapes: number;
  close(): Promise<void>;
}

/** Opens a shop that reads its flag `split-name` from a flagd file. */
export async function openStorefront(flagFile: string): Promise<Storefront> {
  const counted = { baseline: { ok: 0, error: 0 }, candidate: { ok: 0, error: 0 } };
  let at = Date.now();
  let percent = 0;

  const advance = () => {
    const now = Date.now();
    const requests = (now - at) * rate;
    at = now;
    // A file that is being fixed by hand says nothing: the last good flags count, as in a real application.
    percent = flagPercent(flagFile) ?? percent;
    const candidate = (requests * percent) / 100;
    const baseline = requests - candidate;
    counted.baseline.ok += baseline * (1 - shop.baselineFailing);
    counted.baseline.error += baseline * shop.baselineFailing;
    counted.candidate.ok += candidate * (1 - shop.failing);
    counted.candidate.error += candidate * shop.failing;
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    advance();
    const customer = /^\/customers\/(\d+)$/.exec(request.url ?? '');
    if (request.url === '/metrics') shop.scrapes += 1;
    if (customer) {
      const arm = Number(customer[1]) % 100 < percent ? 'candidate' : 'baseline';
      response.writeHead(200, { 'x-arm': arm }).end('{}');
    } else if (shop.answers === 'error') {
      response.writeHead(500).end();
    } else if (shop.answers === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in</body></html>');
    } else {
      const text = exposition(counted);
      const told = shop.answers === 'metrics' ? text : text.replace(/^(.*"candidate".*) \S+$/gm, '$1 NaN');
      response.writeHead(200, { 'content-type': 'text/plain' }).end(told);
    }
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shop: Storefront = {
    url,
    metricsUrl: `${url}/metrics`,
    failing: 0,
    baselineFailing: 0,
    answers: 'metrics',
    scrapes: 0,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return shop;
}

/** The percent that gets the candidate of `split-name`, read without any code of ours; undefined when it is no JSON. */
export function flagPercent(file: string): number | undefined {
  try {
    const { flags } = JSON.parse(readFileSync(file, 'utf8')) as FlagFile;
    const [, on, off] = flags['split-name']?.targeting?.fractional ?? [];
    return on && off ? (100 * on[1]) / (on[1] + off[1]) : 0;
  } catch {
    return undefined;
  }
}

/** As much of a flagd file as is about `split-name`. */
export interface FlagFile {
  readonly flags: Record<
    string,
    { targeting?: { fractional?: [object, [string, number], [string, number]] } }
  >;
}

function exposition(counted: Record<string, { ok: number; error: number }>): string {
  const lines = ['# TYPE shop_requests_total counter'];
  for (const [arm, { ok, error }] of Object.entries(counted)) {
    lines.push(`shop_requests_total{arm="${arm}",outcome="ok"} ${ok}`);
    lines.push(`shop_requests_total{arm="${arm}",outcome="error"} ${error}`);
  }
  lines.push('# TYPE shop_request_duration_seconds histogram');
  for (const [arm, { ok, error }] of Object.entries(counted)) {
    const all = ok + error;
    for (const le of bounds)
      lines.push(`shop_request_duration_seconds_bucket{arm="${arm}",le="${le}"} ${all}`);
    lines.push(`shop_request_duration_seconds_sum{arm="${arm}"} ${all * 0.005}`);
    lines.push(`shop_request_duration_seconds_count{arm="${arm}"} ${all}`);
  }
  return `${lines.join('\n')}\n`;
}
