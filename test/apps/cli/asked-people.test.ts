import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askedPerson } from '../../../apps/cli/asked-people.js';
import type { Io } from '../../../apps/cli/io.js';
import { scratch } from './plans.js';

let files: Awaited<ReturnType<typeof scratch>>;
let config: string;
beforeAll(async () => {
  files = await scratch();
  const person = (...groups: string[]) => ({ kind: 'person', groups });
  config = await files.write('switchback.config.json', {
    environments: {
      here: { kind: 'local', records: '/r', people: { ana: ['team-one'] } },
      prod: {
        kind: 'shared',
        records: { url: { env: 'R' } },
        principals: { ana: person('sre'), [userInfo().username]: person('support') },
        delegations: [
          {
            from: 'ana',
            to: userInfo().username,
            gates: ['go'],
            since: '2020-01-01T00:00:00Z',
            until: '2999-01-01T00:00:00Z',
            reason: 'a long holiday',
          },
        ],
      },
    },
  });
});
afterAll(() => files.remove());

const groups = async (name: string, environment: string) =>
  (await askedPerson(name, config, { cwd: files.dir, env: {} } as Io)).groupsIn(environment);

it('somebody is asked by the groups in which an environment has them, of either kind', async () => {
  expect(await groups('ana', 'here')).toEqual(['team-one']);
  expect(await groups('ana', 'prod')).toEqual(['sre']);
  expect(await groups('me', 'prod')).toEqual(['support']);
});

it('and by none where nobody knows them', async () => {
  for (const [name, environment] of [
    ['ben', 'prod'],
    ['ana', 'nowhere'],
    ['constructor', 'prod'],
  ] as const)
    expect(await groups(name, environment)).toEqual([]);
});

it('and for whom the configuration has them answer gates', async () => {
  const { delegatorsIn } = await askedPerson('me', config, { cwd: files.dir, env: {} } as Io);
  expect(delegatorsIn?.('prod')).toEqual([{ name: 'ana', groups: ['sre'], gates: ['go'] }]);
  expect(delegatorsIn?.('here')).toEqual([]);
});
