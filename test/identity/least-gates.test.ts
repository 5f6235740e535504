import { expect, it } from 'vitest';
import { leastGatesOf, missingGates, type LeastGate } from '../../src/identity/index.js';
import { act, expose, gate, planOf, watch } from '../support/world/plans.js';

const two: LeastGate = {
  runbooks: 'sam*',
  before: 'promote',
  groups: ['sre', 'release'],
  quorum: 2,
  fourEyes: true,
  strength: 'token',
};
const purge: LeastGate = { ...two, runbooks: 'other', before: 'purge', quorum: 1 };
const gone = { type: 'irreversible', because: 'it is gone' } as const;

type Gate = ReturnType<typeof gate>;
const approval = (by: string[], quorum: number, more: Partial<Gate['approval']> = {}): Gate => {
  const plain = gate('go');
  const asked = { by, quorum, fourEyes: true, strength: 'token', ...more } as const;
  return { ...plain, approval: { ...plain.approval, ...asked } };
};
const without = (member: 'fourEyes' | 'strength', from: Gate): Gate => {
  const { [member]: _without, ...rest } = from.approval;
  return { ...from, approval: rest };
};
const planWith = (...before: ReturnType<typeof approval>[]) =>
  planOf({ promote: [...before, expose('a', 100), watch('w')] });

it.each([
  ['the same groups and quorum', [approval(['sre'], 2)], 0],
  ['more people', [approval(['sre', 'release'], 3)], 0],
  ['fewer people', [approval(['sre'], 1)], 1],
  ['a group beside, which could carry the quorum alone', [approval(['sre', 'interns'], 2)], 1],
  ['a group that is asked later', [approval(['sre'], 2, { escalate: { to: 'interns', after: 1 } })], 1],
  ['another of the groups later', [approval(['sre'], 2, { escalate: { to: 'release', after: 1 } })], 0],
  ['the starter’s own eyes', [without('fourEyes', approval(['sre'], 2))], 1],
  ['a click in a chat', [approval(['sre'], 2, { strength: 'slack' })], 1],
  ['no word of how it is shown', [without('strength', approval(['sre'], 2))], 1],
  ['no gate', [], 1],
])('a plan with %s', (_what, gates, missing) => {
  expect(missingGates(planWith(...gates), [two])).toHaveLength(missing);
});

it('leave for the last exposure is none for the next', () => {
  const steps = [approval(['sre'], 2), expose('a', 50), watch('w'), expose('a', 100), watch('v')];
  const [fault, ...others] = missingGates(planOf({ promote: steps }), [two]);
  expect(others).toEqual([]);
  expect(fault).toBe(
    `promote step expose/a/100: this environment asks 2 of sre, release before it with fourEyes: true and strength: 'token'; put approve(...) with that before it`,
  );
});

it('more than half of the users are a promotion, whatever the phase is called', () => {
  const canary = (percent: number) =>
    planOf({ canary: [expose('a', percent), watch('c')], promote: [approval(['sre'], 2), expose('a', 100)] });
  expect(missingGates(canary(50), [two])).toEqual([]);
  expect(missingGates(canary(51), [two])).toEqual([expect.stringMatching(/^canary step expose\/a\/51: /)]);
});

it('what cannot be undone asks for its own', () => {
  const plan = planOf({ contract: [approval(['interns'], 1), act('purge/1', 'table:x', gone)] });
  expect(missingGates(plan, [purge])).toHaveLength(1);
  const plain = planOf({
    contract: [without('strength', approval(['sre'], 1)), act('purge/1', 'table:x', gone)],
  });
  // It asks for a token by itself.
  expect(missingGates(plain, [purge])).toEqual([]);
});

it('a plan from a file gets all of them, whatever name it gives itself', () => {
  expect(leastGatesOf([two, purge], 'sample', false)).toEqual([two]);
  expect(leastGatesOf([two, purge], 'sample', true)).toEqual([two, purge]);
});
