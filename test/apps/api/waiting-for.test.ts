import { expect, it } from 'vitest';
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
