import { describe, expect, it } from 'vitest';
import type { Reported, RolloutSummary, WaitingFor } from '../../../apps/client/client.js';
import { stillAsking } from '../../../apps/client/still-asking.js';

const listed = (key: string) =>
  ({ rollout: key, environment: 'here', waitingFor: 'sre, team-one' }) as RolloutSummary;
type Approvals = readonly { by: string; onBehalfOf?: string; people?: readonly string[] }[];
const waits = (approvals: Approvals, status = 'waiting') =>
  ({
    status,
    gate: { step: 'approve/go', approvals: approvals.map((one) => ({ ...one, at: 1 })) },
  }) as unknown as Reported;

async function left(
  name: string,
  reports: Record<string, Reported | undefined>,
  who: Partial<WaitingFor> = {},
): Promise<string[]> {
  const status = (rollout: string) =>
    reports[rollout] ? Promise.resolve(reports[rollout]) : Promise.reject(new Error('no worker answers'));
  const found = await stillAsking(
    Object.keys(reports).map(listed),
    { name, groupsIn: () => ['team-one'], ...who },
    status,
  );
  return found.map(({ rollout }) => rollout);
}

describe('a gate', () => {
  it('waits no more for whoever has approved it, and for all others', async () => {
    const reports = { one: waits([{ by: 'ana' }]), two: waits([]), three: waits([{ by: 'ben' }]) };
    expect(await left('ana', reports)).toEqual(['two', 'three']);
    expect(await left('carl', reports)).toEqual(['one', 'two', 'three']);
  });

  it('was approved also by a delegate, and by a service of the same person', async () => {
    const delegate = { by: 'ben', onBehalfOf: 'ana', people: ['ben', 'ana'] };
    const service = { by: 'robot', people: ['carl'] };
    const reports = { one: waits([delegate]), two: waits([service]) };
    expect(await left('ana', reports)).toEqual(['two']);
    expect(await left('ben', reports)).toEqual(['two']);
    expect(await left('carl', reports)).toEqual(['one']);
    expect(await left('robot', reports)).toEqual(['one']);
  });

  it('that was approved says nothing while something else asks', async () => {
    expect(await left('ana', { one: waits([{ by: 'ana' }], 'needs-operator') })).toEqual(['one']);
  });
});

describe('a gate that somebody answers for another', () => {
  const outside = { groupsIn: () => [] };
  const answersFor = (...gates: string[]) => ({
    ...outside,
    delegatorsIn: () => [{ name: 'ben', groups: ['sre'], gates }],
  });

  it.each([['*'], ['go'], ['approve/go']])('asks them too (%s)', async (gate) => {
    expect(await left('carl', { one: waits([]) }, answersFor(gate))).toEqual(['one']);
  });

  it('does not when it is another gate, or nothing was delegated', async () => {
    expect(await left('carl', { one: waits([]) }, answersFor('purge'))).toEqual([]);
    expect(await left('carl', { one: waits([]) }, outside)).toEqual([]);
  });

  it('waits no more for them once either of them has approved', async () => {
    const reports = { one: waits([{ by: 'ben' }]), two: waits([{ by: 'carl', onBehalfOf: 'dora' }]) };
    expect(await left('carl', reports, answersFor('*'))).toEqual([]);
  });

  it('is all that they answer: what holds, or is stuck, asks whoever delegated it', async () => {
    expect(await left('carl', { one: waits([], 'needs-operator') }, answersFor('*'))).toEqual([]);
  });
});

it('what no worker can tell stays in the list', async () => {
  expect(await left('ana', { one: undefined, two: waits([{ by: 'ben' }]) })).toEqual(['one', 'two']);
});
