import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { environmentOf, readConfiguration } from '../../apps/config/config.js';
import { scratchDirectory } from './local/scratch.js';

const environment = {
  kind: 'shared',
  databases: { shop: { url: 'postgres://u:secret@db/shop' } },
  records: { url: { env: 'RECORDS_URL' } },
};

async function read(given: object) {
  const file = join(await scratchDirectory(), 'switchback.config.json');
  await writeFile(file, JSON.stringify({ environments: { staging: given } }));
  return readConfiguration(file);
}

it('refuses a secret that stands in the file of a shared environment, without showing it', async () => {
  const refusal = await read(environment).catch((error: Error) => error.message);
  expect(refusal).toMatch(/environments\.staging\.databases\.shop\.url: only a local environment may hold/);
  expect(refusal).not.toContain('secret@');
});

it('takes the name of a variable in a shared environment, and a secret in a local one', async () => {
  await expect(
    read({ ...environment, databases: { shop: { url: { env: 'SHOP_URL' } } } }),
  ).resolves.toBeDefined();
  await expect(read({ ...environment, kind: 'local' })).resolves.toBeDefined();
});

it('takes a directory of records in a local environment, and a variable that names a database in any', async () => {
  await expect(read({ kind: 'local', records: '/r' })).resolves.toBeDefined();
  await expect(read({ kind: 'local', records: { url: 'postgres://u:p@db/records' } })).resolves.toBeDefined();
  await expect(read({ kind: 'shared', records: environment.records })).resolves.toBeDefined();
  await expect(read({ kind: 'shared', records: '/r' })).rejects.toThrow(
    /staging\.records: only a local environment may keep them in a directory: write {"url": {"env"/,
  );
  await expect(read({ kind: 'shared', records: { url: 'postgres://u:p@db/records' } })).rejects.toThrow(
    /staging\.records\.url: only a local environment may hold a secret itself/,
  );
  await expect(read({ kind: 'local' })).rejects.toThrow(/staging\.records: write {"url": "postgres:/);
});

it.each(['production', 'constructor', '__proto__'])(
  'says which environments there are instead of %s',
  async (name) => {
    const config = await read({ ...environment, kind: 'local' });
    expect(() => environmentOf(config, name)).toThrow(/is not in the configuration; use one of staging/);
  },
);

const counters = {
  requests: 'shop_requests_total',
  failed: { outcome: 'error' },
  duration: 'shop_request_duration_seconds',
  arm: { label: 'arm', baseline: 'baseline', candidate: 'candidate' },
};
const asked = { url: 'http://prometheus:9090', interval: '15s' };
const readMetrics = (source: object, kind = 'shared') =>
  read({ kind, records: environment.records, metrics: { shop: { ...counters, ...source } } });

it('takes metrics from an exposition or from a Prometheus', async () => {
  await expect(readMetrics({ url: 'http://shop:9100/metrics' })).resolves.toBeDefined();
  const config = await readMetrics({ prometheus: { ...asked, bearer: { env: 'PROMETHEUS_TOKEN' } } });
  expect(config.environments['staging']?.metrics['shop']?.prometheus?.interval).toBe(15_000);
  await expect(readMetrics({ prometheus: { ...asked, bearer: 'token' } }, 'local')).resolves.toBeDefined();
});

it.each<[object, string]>([
  [{}, 'metrics.shop: give either url, of a text exposition, or prometheus, of a server that is asked'],
  [{ url: 'http://shop', prometheus: asked }, 'metrics.shop: give either url'],
  [{ prometheus: { url: 'http://prometheus' } }, 'metrics.shop.prometheus.interval: '],
  [
    { prometheus: { ...asked, interval: '15' } },
    'prometheus.interval: "15": is not a duration of a millisecond or more; write a positive number',
  ],
  [
    { prometheus: { ...asked, token: 'a' } },
    'prometheus: "token" is not known here; use one of url, interval, instance, bearer, basic, headers',
  ],
  [{ prometheus: { ...asked, instance: [] } }, 'prometheus.instance: '],
  [
    { prometheus: { ...asked, bearer: { env: 'A' }, basic: { user: 'u', password: { env: 'B' } } } },
    'prometheus: give either bearer or basic',
  ],
  [
    { prometheus: { ...asked, headers: { Authorization: { env: 'A' } } } },
    'prometheus.headers.authorization: give bearer or basic instead of this header',
  ],
  [
    { prometheus: { ...asked, bearer: 's3cret' } },
    'metrics.shop.prometheus.bearer: only a local environment may hold a secret itself',
  ],
  [
    { prometheus: { ...asked, basic: { user: 'u', password: 's3cret' } } },
    'metrics.shop.prometheus.basic.password: only a local environment may hold a secret itself',
  ],
  [
    { prometheus: { ...asked, intervall: '15s' } },
    'prometheus: "intervall" is not known here; write interval, if that is meant',
  ],
  [
    { url: 'shop:9100/metrics' },
    'metrics.shop.url: it is not an HTTP address; write it as http://host:port/path',
  ],
  [{ url: 'postgres://u:s3cret@db/shop' }, 'metrics.shop.url: it is not an HTTP address'],
  [
    { url: 'http://u:s3cret@shop/metrics' },
    'metrics.shop.url: it holds credentials, and would stand in every',
  ],
  [{ prometheus: { ...asked, url: 'prometheus' } }, 'metrics.shop.prometheus.url: it is not an HTTP address'],
  [
    { prometheus: { ...asked, headers: { 'X-Api-Key': 's3cret' } } },
    'metrics.shop.prometheus.headers.X-Api-Key: only a local environment may hold a secret itself',
  ],
  [
    { prometheus: { ...asked, bearer: { variable: 's3cret' } } },
    'metrics.shop.prometheus.bearer: write a text, or {"env": "VARIABLE"} to take it from a variable',
  ],
  [
    { url: 'http://shop', failed: {} },
    'metrics.shop.failed: it is empty, so every request would count as failed',
  ],
  [
    { url: 'http://shop', arm: { ...counters.arm, candidate: 'baseline' } },
    "metrics.shop.arm.candidate: it is the baseline's value too, so the arms could not be told apart",
  ],
  [
    { url: 'http://shop', where: { arm: 'baseline' } },
    'metrics.shop.where.arm: it names the arm, so one arm would never be counted; leave it out',
  ],
  [
    { url: 'http://shop', failed: { outcome: 'error', arm: 'candidate' } },
    'metrics.shop.failed.arm: it names the arm, so one arm could never fail; leave it out',
  ],
  [
    { url: 'http://shop', where: { outcome: 'ok' } },
    'metrics.shop.failed.outcome: where demands another value of it, so no failure would be counted',
  ],
  [
    { url: 'http://shop', duration: 'shop_request_duration_seconds_bucket' },
    'metrics.shop.duration: name the histogram itself, without _bucket, _sum or _count',
  ],
  [{ url: 'http://shop', requests: '' }, 'metrics.shop.requests: it is empty; write a name'],
])('refuses metrics with %j', async (source, message) => {
  const refusal = await readMetrics(source).catch((error: Error) => error.message);
  expect(refusal).toContain(
    `environments.staging.${message}`.replace('staging.prom', 'staging.metrics.shop.prom'),
  );
  expect(refusal).not.toContain('s3cret');
});
