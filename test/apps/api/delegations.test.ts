import { expect, it } from 'vitest';
import { delegationsOf } from '../../../apps/api/delegations.js';
import { listen } from '../../../apps/api/server.js';
import { switchback } from '../cli/console.js';
import { doorOf } from './door.js';

const now = Date.now();
const one = { from: 'ben', to: 'ana', gates: ['go'], since: now - 1_000, until: now + 60_000, reason: 'x' };
const over = { ...one, until: now - 500 };
const as = { headers: { 'switchback-as': 'ana' } };

/** An API of an environment whose configuration makes one that stands, and one that is over. */
const door = (store?: Parameters<typeof delegationsOf>[2]) =>
  doorOf({}, { delegations: delegationsOf('here', () => ({ delegations: [one, over] }), store) });

it('those that stand are told, and no others', async () => {
  const { call, document } = door({ decisions: () => Promise.resolve([]) });
  await document();
  const answer = await call('GET', '/v1/delegations', as);
  expect(await answer.json()).toEqual({ environment: 'here', delegations: [one] });
});

it('when the records do not answer that is said, and a list is made of what the configuration says', async () => {
  const store = { decisions: () => Promise.reject(new Error('connection refused')) };
  const { call, document } = door(store);
  await document();
  const answer = await call('GET', '/v1/delegations', as);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    why: expect.stringMatching(/records of here cannot be read: connection refused/) as string,
  });
  const known = delegationsOf('here', () => ({ delegations: [one] }), store).known();
  expect(await known).toEqual([one]);
});

it('the command line asks the API that it is told of, for its own environment alone', async () => {
  const { app } = doorOf(
    {},
    { hosts: ['127.0.0.1'], delegations: delegationsOf('here', () => ({ delegations: [one] })) },
  );
  const { url, close } = await listen(app, '127.0.0.1', 0);
  const list = (...args: string[]) => switchback(['delegation', 'list', ...args], { env: {} });
  try {
    const ran = await list('--server', url, '-o', 'json');
    expect(ran.json()).toEqual({ environment: 'here', delegations: [one] });
    expect((await list('--server', url)).stdout).toContain('configuration');
    const other = await list('--server', url, '--env', 'elsewhere');
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('elsewhere') as string]);
    const none = await list();
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/--env, or its API/) as string]);
  } finally {
    await close();
  }
});
