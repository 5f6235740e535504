import { expect, it } from 'vitest';
import type { Environment } from '../../src/app/config.js';
import { authorise, identify } from '../../src/app/people.js';

const environment: Environment = {
  kind: 'local',
  databases: {},
  flags: {},
  metrics: {},
  adapters: {},
  people: { ana: ['sre'] },
  records: '/r',
};

it('knows somebody by name, with their groups', () => {
  expect(authorise(environment, { type: 'abort', id: '1', by: 'ana' })).toEqual({
    principal: { name: 'ana', groups: ['sre'] },
  });
});

it.each(['mallory', 'constructor', 'toString', '__proto__'])('does not know %s', (by) => {
  expect(authorise(environment, { type: 'abort', id: '1', by })).toEqual({
    refused: `${by} is not known here; known: ana`,
  });
});

it('knows who operates the environment', () => {
  expect(identify({ ...environment, operators: ['sre'] }, 'ana')).toEqual({
    principal: { name: 'ana', groups: ['sre'] },
    operators: ['sre'],
  });
  expect(identify(environment, 'ana')).toMatchObject({ operators: [] });
  expect(identify(environment, 'mallory')).toEqual({ refused: 'mallory is not known here; known: ana' });
});
