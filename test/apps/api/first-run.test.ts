import { expect, it } from 'vitest';
import { needs } from '../../../apps/api/needs.js';
import { doorOf } from './door.js';

/** Decision 56: whoever knows a rollout's first run can speak for it. */
const ids = ['runId', 'firstRun', 'chain'];

const described = {
  rollout: 'rollout/here/some-thing/k1',
  environment: 'here',
  runbook: 'some-thing',
  key: 'k1',
  owner: 'team-one',
  status: 'running',
  phase: 'expand',
  waitingFor: 'nobody',
  startedAt: 1,
  runId: 'the-newest-run',
  firstRun: 'the-first-run',
  historyLength: 7,
};

it('a rollout is described without the ids of its runs', async () => {
  const door = doorOf({ describe: () => Promise.resolve(described) });
  await door.document();
  const answer = await door.call('GET', '/v1/rollouts/some-thing/k1', {
    headers: { 'switchback-as': 'ana' },
  });
  const { runId: _1, firstRun: _2, ...told } = described;
  expect([answer.status, await answer.json()]).toEqual([200, told]);
});

it('no answer that the right to view is enough for has a place for such an id', async () => {
  const document = await doorOf({}).document();
  const schemas = (document as unknown as { components: { schemas: Record<string, object> } }).components
    .schemas;
  const viewed = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ operationId }) => [needs[operationId as keyof typeof needs]].flat().includes('view'));
  expect(viewed.length).toBeGreaterThan(10);
  for (const { operationId, responses } of viewed) {
    expect([operationId, membersOf(responses, schemas).filter((name) => ids.includes(name))]).toEqual([
      operationId,
      [],
    ]);
  }
  // Whoever started a rollout is told its run, by which this test would be noticed if it looked at nothing.
  expect(membersOf(document.paths['/v1/rollouts']?.['post']?.responses ?? {}, schemas)).toContain('runId');
});

/** The names of all members in a schema, and in those that it names. */
function membersOf(schema: object, schemas: Record<string, object>, seen = new Set<string>()): string[] {
  return Object.entries(schema).flatMap(([name, value]: [string, unknown]) => {
    if (name === '$ref' && typeof value === 'string') {
      const named = value.split('/').at(-1) ?? '';
      if (seen.has(named)) return [];
      seen.add(named);
      return membersOf(schemas[named] ?? {}, schemas, seen);
    }
    if (typeof value !== 'object' || value === null) return [];
    const own = name === 'properties' ? Object.keys(value) : [];
    return [...own, ...membersOf(value, schemas, seen)];
  });
}
