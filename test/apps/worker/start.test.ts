import { describe, expect, it } from 'vitest';
import { deniedStart, type Started, type Starter } from '../../../apps/worker/rights/start.js';
import type { Grant, LeastGate } from '../../../src/identity/index.js';
import { expose, gate, planOf, watch } from '../../support/world/plans.js';
import { grant, sharedWith } from './given.js';

const rollout = 'rollout/staging/sample/k';
const plan = planOf({ promote: [gate('go'), expose('a', 100), watch('w')] });

function denied(
  grants: readonly Grant[],
  starter: Partial<Starter> = {},
  what: Started = { plan },
  gates: readonly LeastGate[] = [],
): string | undefined {
  return deniedStart(sharedWith(grants, gates), { rollout, startedBy: 'ana', ...starter }, what);
}

describe('a start in a shared environment', () => {
  it('needs the right to start this runbook', () => {
    expect(denied([grant('start', 'sam*')])).toBeUndefined();
    expect(denied([grant('start', 'other')])).toBe('ana has no right to start on sample: nobody has it');
    expect(denied([grant('operate')])).toMatch(/no right to start/);
    expect(denied([grant('start')], { startedBy: 'mallory' })).toMatch(/mallory has no right to start/);
  });

  it('runs under the id of its runbook, by which later decisions go', () => {
    expect(denied([grant('start')], { rollout: 'rollout/staging/other/k' })).toBe(
      'its id is not one of runbook sample',
    );
    expect(denied([grant('start')], { rollout: 'anything' })).toMatch(/its id is not one of/);
  });

  it('by a service says which person asked for it', () => {
    const grants = [grant('start', '*', ['deployer', 'ana'])];
    const service = { startedBy: 'deployer' };
    expect(denied(grants, service)).toBe('deployer is a service: it has to say which person asked for it');
    expect(denied(grants, { ...service, askedFor: 'ben' })).toBeUndefined();
    expect(denied(grants, { ...service, askedFor: 'deployer' })).toMatch(
      /is no person that this environment/,
    );
    expect(denied(grants, { ...service, askedFor: 'mallory' })).toMatch(/is no person that this environment/);
    expect(denied(grants, { askedFor: 'mallory' })).toMatch(/is no person that this environment knows/);
  });

  it('from a file needs the right on every target in its scope, whatever the plan calls itself', () => {
    const scope = ['flag:a', 'table:x'] as const;
    const file = { plan: { ...plan, scope }, fromFile: true } as const;
    const may = (targets: string) => ({ ...grant('start-from-file'), targets });
    expect(denied([grant('start')], {}, file)).toBe(
      'ana has no right to start a plan from a file on flag:a, table:x',
    );
    expect(denied([may('flag:*')], {}, file)).toMatch(/on table:x$/);
    expect(denied([may('flag:*'), may('table:*')], {}, file)).toBeUndefined();
    expect(denied([grant('start-from-file')], {}, file)).toBeUndefined();
    expect(denied([grant('start-from-file')])).toMatch(/no right to start on sample/);
  });

  it('that takes another one back needs the right to revert that one', () => {
    const reverts = { rollout: 'rollout/staging/old/k', kind: 'rescue', by: 'ana', reason: 'r' } as const;
    expect(denied([grant('revert', 'old')], {}, { reverts })).toBeUndefined();
    expect(denied([grant('revert', 'sample')], {}, { reverts })).toMatch(/no right to revert on old/);
    expect(denied([grant('start')], {}, { reverts })).toMatch(/no right to revert on old/);
    expect(denied([grant('revert', 'old')], {}, { reverts: { ...reverts, rollout: 'x' } })).toBeDefined();
    expect(denied([grant('revert', 'old')], {}, { reverts: { ...reverts, by: 'ben' } })).toBe(
      'it is started by ana, and ben takes it back',
    );
  });

  it('that takes another one back says, by a service, which person asked for it', () => {
    const reverts = { rollout, kind: 'revert', by: 'deployer', reason: 'r' } as const;
    const grants = [grant('revert', '*', ['deployer', 'ana'])];
    const service = { startedBy: 'deployer' };
    expect(denied(grants, service, { reverts })).toBe(
      'deployer is a service: it has to say which person asked for it',
    );
    expect(denied(grants, { ...service, askedFor: 'ben' }, { reverts })).toBeUndefined();
    for (const askedFor of ['deployer', 'mallory'])
      expect(denied(grants, { ...service, askedFor }, { reverts })).toMatch(/is no person that this/);
  });

  it('asks for the least gates of its runbook, and from a file for all there are', () => {
    const two: LeastGate = {
      runbooks: 'other',
      before: 'promote',
      groups: ['sre', 'team'],
      quorum: 2,
      fourEyes: false,
      strength: 'slack',
    };
    const file = { plan, fromFile: true } as const;
    expect(denied([grant('start')], {}, { plan }, [two])).toBeUndefined();
    expect(denied([grant('start-from-file')], {}, file, [two])).toMatch(
      /^promote step .* asks 2 of sre, team/,
    );
    expect(denied([grant('start')], {}, { plan }, [{ ...two, runbooks: 'sam*' }])).toMatch(/^promote step/);
  });
});
