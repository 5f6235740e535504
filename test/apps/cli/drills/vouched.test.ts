import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { vouchedBy } from '../../../../apps/cli/drills/vouched.js';
import splitCustomerName from '../../../../runbooks/split-customer-name.js';
import { planDigest } from '../../../../src/engine/plan/plan-digest.js';

const io = { env: { HOME: '/nonexistent' } };
const plan = splitCustomerName.evaluate({});
const wanted = { plan, digest: planDigest(plan), environment: 'drills', timeScale: 0.1, points: [] };
const asked: unknown[] = [];
const server = createServer((request, response) => {
  const answer = (value: object) => response.end(JSON.stringify(value));
  response.setHeader('content-type', 'application/json');
  if (request.url === '/v1/whoami') return void answer({ name: 'ana', environment: 'production' });
  let body = '';
  request.on('data', (part: Buffer) => (body += part));
  request.on('end', () => {
    asked.push([request.url, JSON.parse(body)]);
    answer({ startedBy: 'ana', signed: 'x.y.z' });
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it('a drill is started by whom the door knows, with what it signed', async () => {
  const vouched = await vouchedBy(wanted, { server: url }, io);
  expect(vouched).toEqual({ startedBy: 'ana', signed: 'x.y.z' });
  const { plan: _, points: __, ...said } = wanted;
  expect(asked).toEqual([['/v1/drills/signature', { ...said, runbook: plan.runbook, params: plan.params }]]);
});

it('nobody lends a door another name', async () => {
  const other = vouchedBy(wanted, { server: url, as: 'ben' }, io);
  await expect(other).rejects.toThrow(/--as ben: is not who asks/);
});

it('without a door it is a name, that only local environments believe', async () => {
  expect(await vouchedBy(wanted, { as: 'ben' }, io)).toEqual({ startedBy: 'ben' });
});
