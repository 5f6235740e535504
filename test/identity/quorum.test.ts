import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ableToApprove, personBehind, type Delegation } from '../../src/identity/index.js';
import { admit, asked, directory, people, startedByCleo, type Approval } from './given.js';

const at = 1_000;
const holiday: Delegation = {
  from: 'ana',
  to: 'ben',
  gates: ['go'],
  since: 0,
  until: 2_000,
  reason: 'holiday',
};

describe('an approval', () => {
  it('counts of a member of a group that is asked', () => {
    expect(admit(people, asked, startedByCleo, [], 'ana', at)).toEqual({ approval: { by: 'ana' } });
  });

  it.each([
    ['somebody unknown', 'mallory', [], /not known/],
    ['whoever started it', 'cleo', [], /cleo started it: four eyes/],
    ['the same person again', 'ana', [{ by: 'ana' }], /approved already/],
    ['a service that the gate does not name', 'deployer', [], /is a service/],
  ] as [string, string, Approval[], RegExp][])('does not count of %s', (_who, by, given, why) => {
    const answer = admit(people, asked, startedByCleo, given, by, at);
    expect(answer).toEqual({ refused: expect.stringMatching(why) as string });
  });

  it('does not count of the owner of the service that started it, nor of whom it was started for', () => {
    const byService = { startedBy: 'robot', askedFor: 'ben' };
    expect(admit(people, asked, byService, [], 'ana', at)).toHaveProperty('refused');
    expect(admit(people, asked, byService, [], 'ben', at)).toHaveProperty('refused');
    expect(admit(people, asked, byService, [], 'cleo', at)).toHaveProperty('approval');
  });

  it('counts of a service that the gate names, as its owner', () => {
    const named = { ...asked, by: ['deployer', 'team-checkout'] };
    expect(admit(people, named, startedByCleo, [], 'deployer', at)).toHaveProperty('approval');
    expect(
      admit(people, named, startedByCleo, [{ by: 'deployer', people: ['ana'] }], 'ana', at),
    ).toHaveProperty('refused');
  });
});

describe('a delegation', () => {
  const onlyCheckout = { ...asked, by: ['team-checkout'] };
  const covering = { directory, delegations: [holiday] };

  it('lets somebody answer for somebody else, for its gates and its time', () => {
    const answer = (gate: string, when: number) =>
      admit(covering, { ...onlyCheckout, step: `approve/${gate}` }, startedByCleo, [], 'ben', when);
    expect(answer('go', at)).toEqual({
      approval: { by: 'ben', onBehalfOf: 'ana', people: ['ben', 'ana'] },
    });
    expect(answer('purge', at)).toHaveProperty('refused');
    expect(answer('go', 2_000)).toHaveProperty('refused');
  });

  it('makes nobody two: four eyes and the quorum look at both names', () => {
    expect(admit(covering, onlyCheckout, { startedBy: 'ben' }, [], 'ben', at)).toHaveProperty('refused');
    expect(admit(covering, onlyCheckout, { startedBy: 'ana' }, [], 'ben', at)).toHaveProperty('refused');
    const before = [{ by: 'ben', onBehalfOf: 'ana', people: ['ben', 'ana'] }];
    expect(admit(covering, asked, startedByCleo, before, 'ana', at)).toHaveProperty('refused');
    expect(admit(covering, asked, startedByCleo, before, 'ben', at)).toHaveProperty('refused');
  });

  it('does not let a service approve what does not name it', () => {
    const toService = { directory, delegations: [{ ...holiday, to: 'robot', from: 'cleo' }] };
    const answer = admit(toService, { ...asked, fourEyes: false }, startedByCleo, [], 'robot', at);
    expect(answer).toEqual({ refused: expect.stringContaining('robot is a service') as string });
  });

  it('is never chained', () => {
    const chain = [holiday, { ...holiday, from: 'ben', to: 'cleo' }];
    const asks = { ...onlyCheckout, fourEyes: false };
    expect(admit({ directory, delegations: chain }, asks, startedByCleo, [], 'cleo', at)).toHaveProperty(
      'refused',
    );
  });
});

describe('a gate', () => {
  it('can be opened by people who are asked and did not start it, each counted once', () => {
    expect(ableToApprove(directory, { ...asked, by: ['operators'] }, startedByCleo)).toEqual([]);
    expect(ableToApprove(directory, asked, startedByCleo)).toEqual(['ana', 'ben']);
    expect(ableToApprove(directory, asked, { startedBy: 'robot' })).toEqual(['ben', 'cleo']);
    const named = { ...asked, by: ['deployer'] };
    expect(ableToApprove(directory, named, startedByCleo)).toEqual(['ana']);
    expect(ableToApprove(directory, { ...named, strength: 'token' }, startedByCleo)).toEqual([]);
  });

  it('never counts a person twice, nor the starter, whoever answers in whatever order (500 runs)', () => {
    const name = fc.constantFrom('ana', 'ben', 'cleo', 'deployer', 'robot', 'mallory');
    const delegation = fc.record({
      from: name,
      to: name,
      gates: fc.constant(['go']),
      since: fc.constant(0),
      until: fc.constant(2_000),
      reason: fc.constant('x'),
    });
    fc.assert(
      fc.property(fc.array(name), fc.array(delegation), name, (answers, delegations, startedBy) => {
        const given: Approval[] = [];
        for (const by of answers) {
          const answer = admit({ directory, delegations }, asked, { startedBy }, given, by, at);
          if ('approval' in answer) given.push(answer.approval);
        }
        const behind = (one: string) => personBehind(directory, one);
        const people = given.flatMap(({ by, onBehalfOf = by }) => [
          ...new Set([behind(by), behind(onBehalfOf)]),
        ]);
        expect(new Set(people).size).toBe(people.length);
        expect(people).not.toContain(behind(startedBy));
      }),
      { numRuns: 500 },
    );
  });
});
