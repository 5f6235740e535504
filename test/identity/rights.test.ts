import { describe, expect, it } from 'vitest';
import { denied, has, matches, rights, rightsTable, whoHas, type Policy } from '../../src/identity/index.js';
import { directory } from './given.js';

const policy: Policy = {
  directory,
  grants: [
    { runbooks: '*', right: 'view', to: ['deployer'] },
    { runbooks: 'split-*', right: 'start', to: ['team-checkout'] },
    { runbooks: '*', right: 'approve', to: ['sre'] },
    { runbooks: '*', right: 'lift-stop', to: ['cleo'] },
    { runbooks: '*', right: 'halt', to: [] },
  ],
};

describe('rights', () => {
  it('are nobody’s that nothing grants', () => {
    for (const right of rights) expect(whoHas({ directory, grants: [] }, right, 'split-name')).toEqual([]);
    expect(whoHas(policy, 'halt', 'split-name')).toEqual([]);
    expect(has(policy, 'mallory', 'view', 'split-name')).toBe(false);
    expect(has(policy, 'constructor', 'view', 'split-name')).toBe(false);
  });

  it('go by group and by name, for the runbooks of the pattern', () => {
    expect(whoHas(policy, 'start', 'split-name')).toEqual(['ana', 'deployer']);
    expect(whoHas(policy, 'start', 'new-search')).toEqual([]);
    expect(whoHas(policy, 'lift-stop', 'anything')).toEqual(['cleo']);
  });

  it('let whoever may start, approve or operate brake; looking alone does not', () => {
    expect(whoHas(policy, 'brake', 'split-name')).toEqual(['ana', 'ben', 'cleo', 'deployer']);
    expect(has(policy, 'deployer', 'brake', 'new-search')).toBe(false);
    expect(has(policy, 'deployer', 'view', 'new-search')).toBe(true);
  });

  it('say who may, when somebody may not', () => {
    expect(denied(policy, 'ben', 'start', 'split-name')).toBe(
      'ben has no right to start on split-name: ana, deployer may',
    );
    expect(denied(policy, 'ben', 'drill', 'split-name')).toMatch(/nobody has it/);
    expect(denied(policy, 'ana', 'start', 'split-name')).toBeUndefined();
  });

  it('stand in a table with a row for each', () => {
    expect(rightsTable(policy, 'split-name').map(({ right }) => right)).toEqual(rights);
  });
});

it.each([
  ['*', 'anything', true],
  ['split-*', 'split-name', true],
  ['split-*', 'resplit-name', false],
  ['*-name', 'split-name', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*a', 'a', false],
  ['split', 'split-name', false],
  ['', 'x', false],
])('pattern %j of %j: %j', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});
