import { describe, expect, it } from 'vitest';
import { createBuckets } from '../../../apps/api/limits/buckets.js';
import { needs } from '../../../apps/api/needs.js';
import { doorOf } from './door.js';

const ana = { headers: { 'switchback-as': 'ana' } };
const sent = (body: string, headers: Record<string, string> = {}) => ({
  body,
  headers: { ...ana.headers, 'content-type': 'application/json', ...headers },
});
const typeOf = async (response: Response) => ((await response.json()) as { type: string }).type;

describe('the document', () => {
  it('has every operation of the table of rights once, with its right', async () => {
    const { openapi, paths } = await doorOf({}).document();
    expect(openapi).toBe('3.1.0');
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const found = Object.fromEntries(operations.map((one) => [one.operationId, one['x-right']]));
    expect(found).toEqual(needs);
    expect(operations).toHaveLength(Object.keys(needs).length);
  });

  it('tells of who is unknown and who may not wherever a right is needed', async () => {
    const { paths } = await doorOf({}).document();
    for (const methods of Object.values(paths)) {
      for (const { operationId, responses, requestBody, ...operation } of Object.values(methods)) {
        const statuses = Object.keys(responses);
        const open = operation['x-right'] === 'nothing';
        expect([operationId, statuses.includes('401')]).toEqual([operationId, !open]);
        expect([operationId, statuses.includes('415')]).toEqual([operationId, requestBody !== undefined]);
      }
    }
  });
});

describe('a request', () => {
  it.each([
    ['under another host', 'GET', '/health', { headers: { host: 'evil.example' } }, 400, 'unknown-host'],
    ['to no address', 'GET', '/nothing', {}, 404, 'not-found'],
    ['with another method', 'DELETE', '/v1/rollouts', {}, 405, 'method-not-allowed'],
    ['by nobody', 'GET', '/v1/rollouts', {}, 401, 'unauthenticated'],
    [
      'by what is no name',
      'GET',
      '/v1/rollouts',
      { headers: { 'switchback-as': 'a b' } },
      401,
      'unauthenticated',
    ],
    [
      'for another format',
      'GET',
      '/v1/locks',
      { headers: { ...ana.headers, accept: 'text/html' } },
      406,
      'not-acceptable',
    ],
    ['with a member that is unknown', 'GET', '/v1/rollouts?nonsense=1', ana, 400, 'invalid-request'],
    ['with a cursor of its own', 'GET', '/v1/rollouts?cursor=x', ana, 400, 'invalid-request'],
    [
      'that is a form',
      'POST',
      '/v1/locks/stop',
      { body: 'reason=x', headers: { ...ana.headers, 'content-type': 'text/plain' } },
      415,
      'unsupported-media-type',
    ],
    ['that is no JSON', 'POST', '/v1/locks/stop', sent('{'), 400, 'invalid-request'],
    ['that says something else', 'POST', '/v1/locks/stop', sent('{"reason":7}'), 422, 'unprocessable'],
    [
      'that says more than is known',
      'POST',
      '/v1/locks/stop',
      sent('{"reason":"x","by":"ben"}'),
      422,
      'unprocessable',
    ],
    [
      'that is too large',
      'POST',
      '/v1/locks/stop',
      sent(JSON.stringify({ reason: 'x'.repeat(2_000_000) })),
      413,
      'too-large',
    ],
    [
      'with a key that is none',
      'POST',
      '/v1/locks/stop',
      sent('{"reason":"x"}', { 'idempotency-key': 'a/b' }),
      400,
      'invalid-request',
    ],
    [
      'for a runbook that is not listed',
      'POST',
      '/v1/plans/evaluate',
      sent('{"runbook":"other"}'),
      404,
      'not-found',
    ],
    [
      'for a path of a file',
      'POST',
      '/v1/plans/evaluate',
      sent('{"runbook":"../../etc/passwd"}'),
      422,
      'unprocessable',
    ],
  ] as const)('%s is refused: %s %s', async (_, method, path, init, status, type) => {
    const door = doorOf({ list: () => Promise.resolve([]) });
    await door.document();
    const response = await door.call(method, path, init);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(await typeOf(response)).toBe(`urn:switchback:problem:${type}`);
    const audited = JSON.parse(door.log[0] ?? '{}') as object;
    expect(audited).toMatchObject({ event: 'refused', status, problem: type, address: '127.0.0.1' });
  });

  it('with another method hears which there are', async () => {
    const response = await doorOf({}).call('PUT', '/v1/rollouts');
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  it('that is one too many hears when to come again: of one name, or of one address without any', async () => {
    const door = doorOf(
      { list: () => Promise.resolve([]) },
      { buckets: createBuckets({ burst: 3, perSecond: 0.1 }) },
    );
    await door.document();
    const statuses = async (init: RequestInit) => {
      const all = [];
      for (let nth = 0; nth < 4; nth++) all.push(await door.call('GET', '/v1/rollouts', init));
      expect(Number(all.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
      return all.map(({ status }) => status);
    };
    expect(await statuses(ana)).toEqual([200, 200, 200, 429]);
    // The document was fetched from this address, too.
    expect(await statuses({})).toEqual([401, 401, 429, 429]);
    expect((await door.call('GET', '/v1/rollouts', { headers: { 'switchback-as': 'ben' } })).status).toBe(
      200,
    );
  });

  it('that meets a fault hears nothing of it: it stands in the log', async () => {
    const door = doorOf({ locks: { read: () => Promise.reject(new Error('secret of the house')) } });
    await door.document();
    const response = await door.call('GET', '/v1/locks', ana);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(door.log.join('\n')).toContain('secret of the house');
  });
});
