import { expect, it } from 'vitest';
import { checkPolicy } from '../../../apps/worker/rights/check.js';
import type { Approval, Plan } from '../../../src/engine/plan/plan.js';
import type { Grant, LeastGate } from '../../../src/identity/index.js';
import { expose, gate, planOf, watch } from '../../support/world/plans.js';
import { grant, sharedWith } from './given.js';

const everybody = grant('approve', '*', ['ana', 'ben', 'deployer']);

function planAsking(approval: Partial<Approval>): Plan {
  const go = gate('go');
  const asking = { ...go, approval: { ...go.approval, ...approval } };
  return { ...planOf({ promote: [asking, expose('a', 100), watch('w')] }), owner: 'team' };
}

const found = (plan: Plan, grants: readonly Grant[] = [everybody], gates: readonly LeastGate[] = []) =>
  checkPolicy(sharedWith(grants, gates), plan).map(({ verdict, found }) => `${verdict}: ${found}`);

it('finds nothing where whoever is asked is there, and may', () => {
  expect(found(planAsking({ by: ['team', 'sre'], quorum: 2 }))).toEqual([
    'ok: whoever is asked is there, and may',
  ]);
});

it.each<[string, Partial<Approval>, readonly Grant[], string]>([
  ['too few are asked', { by: ['sre'], quorum: 2 }, [everybody], '2 needed, 1 can (ben)'],
  ['nobody is in the group', { by: ['release'], quorum: 1 }, [everybody], '1 needed, 0 can (nobody)'],
  ['they have no right to approve', { by: ['sre'], quorum: 1 }, [grant('operate', '*', ['ben'])], '0 can'],
  ['they have it elsewhere', { by: ['sre'], quorum: 1 }, [grant('approve', 'other', ['ben'])], '0 can'],
  ['a service is its owner', { by: ['team', 'deployer'], quorum: 2 }, [everybody], '2 needed, 1 can (ana)'],
  ['a service proves no person', { by: ['deployer'], quorum: 1, strength: 'token' }, [everybody], '0 can'],
])('fails a gate when %s', (_what, approval, grants, message) => {
  expect(found(planAsking(approval), grants)).toEqual([expect.stringContaining(`fail: `)]);
  expect(found(planAsking(approval), grants)[0]).toContain(message);
});

it('a service may approve where the gate names it', () => {
  expect(found(planAsking({ by: ['deployer'], quorum: 1 }))).toEqual([expect.stringMatching(/^ok/)]);
});

it('warns when one of those who are needed must not start it', () => {
  expect(found(planAsking({ by: ['team', 'sre'], quorum: 2, fourEyes: true }))).toEqual([
    'warn: 2 needed, and ana, ben can: whoever of them starts it does not count',
    expect.stringMatching(/^ok/),
  ]);
});

it('fails an owner who is nobody, and a gate that the environment asks for and the plan lacks', () => {
  const least: LeastGate = {
    runbooks: '*',
    before: 'promote',
    groups: ['sre'],
    quorum: 1,
    fourEyes: true,
    strength: 'token',
  };
  expect(
    found({ ...planAsking({ by: ['sre'], quorum: 1 }), owner: 'release' }, [everybody], [least]),
  ).toEqual([
    'fail: its owner release is neither a group with a member nor a principal',
    expect.stringMatching(/^fail: promote step .* asks 1 of sre before it/),
  ]);
});
