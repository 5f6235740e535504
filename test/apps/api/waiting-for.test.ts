import { expect, it } from 'vitest';
import { delegationsOf } from '../../../apps/api/delegations.js';
import type { ListFilter } from '../../../apps/client/client.js';
import { doorOf } from './door.js';

it('a list is narrowed to whom rollouts ask: whoever asks, a group, or somebody else with their groups', async () => {
  const filters: ListFilter[] = [];
  const door = doorOf({
    list(filter: ListFilter) {
      filters.push(filter);
      return Promise.resolve([]);
    },
  });
  await door.document();
  const wanted = async (whom: string) => {
    await door.call('GET', `/v1/rollouts?waitingFor=${whom}`, { headers: { 'switchback-as': 'ana' } });
    const { waitingFor } = filters.at(-1) ?? {};
    return [waitingFor?.name, waitingFor?.groupsIn('here')];
  };
  expect(await wanted('me')).toEqual(['ana', ['team-one']]);
  expect(await wanted('ben')).toEqual(['ben', ['sre']]);
  expect(await wanted('sre')).toEqual(['sre', []]);
  await door.call('GET', '/v1/rollouts', { headers: { 'switchback-as': 'ana' } });
  expect(filters.at(-1)).toEqual({ environment: 'here', all: false });
});

it('somebody is asked at the gates that others have them answer, as long as that lasts', async () => {
  const filters: ListFilter[] = [];
  const list = (filter: ListFilter) => {
    filters.push(filter);
    return Promise.resolve([]);
  };
  const now = Date.now();
  const one = { from: 'ben', to: 'ana', gates: ['go'], since: now - 1_000, until: now + 60_000, reason: 'x' };
  const later = { ...one, from: 'carl', since: now + 30_000 };
  const delegations = delegationsOf('here', () => ({ delegations: [one, later] }));
  const door = doorOf({ list }, { delegations });
  await door.document();
  await door.call('GET', '/v1/rollouts?waitingFor=me', { headers: { 'switchback-as': 'ana' } });
  await door.call('GET', '/v1/rollouts?waitingFor=ben', { headers: { 'switchback-as': 'ana' } });
  expect(filters.map(({ waitingFor }) => waitingFor?.delegatorsIn?.('here'))).toEqual([
    [{ name: 'ben', groups: ['sre'], gates: ['go'] }],
    [],
  ]);
});
