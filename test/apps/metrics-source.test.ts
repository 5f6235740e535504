import { afterEach, expect, it, vi } from 'vitest';
import { metricsSourceOf } from '../../apps/worker/metrics-source.js';
import { FakePrometheus } from '../activities/metrics/fake-prometheus.js';
import { shop } from '../activities/metrics/shop-process.js';

const open: FakePrometheus[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

/** The headers that a Prometheus is asked with. */
async function headersWith(options: object) {
  const prometheus = await FakePrometheus.start();
  open.push(prometheus);
  const source = metricsSourceOf({
    ...shop,
    prometheus: { url: prometheus.url, interval: 1_000, ...options },
  });
  await source.scrape(new AbortController().signal).catch(() => undefined);
  return prometheus.asked[0]?.headers;
}

it('sends secrets that stand in variables', async () => {
  vi.stubEnv('TOKEN', 'a-token');
  const env = { env: 'TOKEN' };
  expect(await headersWith({ bearer: env })).toHaveProperty('authorization', 'Bearer a-token');
  const basic = `Basic ${Buffer.from('ana:a-token').toString('base64')}`;
  expect(await headersWith({ basic: { user: 'ana', password: env } })).toHaveProperty('authorization', basic);
  expect(await headersWith({ headers: { 'X-Scope-OrgID': 'shop', 'x-key': env } })).toMatchObject({
    'x-scope-orgid': 'shop',
    'x-key': 'a-token',
  });
});

it('refuses a secret whose variable is not set', async () => {
  await expect(headersWith({ bearer: { env: 'NOT_SET' } })).rejects.toThrow(/variable NOT_SET: is not set/);
});

it('reads an exposition where no Prometheus is named', async () => {
  const source = metricsSourceOf({ ...shop, url: 'http://127.0.0.1:1/metrics' });
  expect(source.history).toBeUndefined();
});
