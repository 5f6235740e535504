import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { evidenceKept, type Approval, type Gate } from '../../src/engine/plan/plan.js';
import { validate } from '../../src/engine/plan/validate.js';
import { act, byAction, expose, gate, guard, planOf, plans, watch } from '../support/world/plans.js';
import { refusal } from './refusal.js';

const irreversible = { type: 'irreversible', because: 'gone' } as const;
const sound = planOf({ expand: [act('do/1', 'table:x', byAction)] });

function asking(more: Partial<Approval>): Gate {
  const plain = gate('1');
  return { ...plain, approval: { ...plain.approval, ...more } };
}

describe('validate', () => {
  it('answers a plan from a runbook unchanged, also as JSON', () => {
    const plan = splitCustomerName.evaluate({});
    expect(validate(plan)).toBe(plan);
    const read = JSON.parse(JSON.stringify(plan)) as unknown;
    expect(validate(read)).toEqual(plan);
  });

  it('accepts every generated plan (300 runs)', () => {
    fc.assert(
      fc.property(plans(), (plan) => {
        expect(validate(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, unknown, string, string]>([
    ['no step', planOf({}), 'runbook sample', 'no step'],
    ['a name that is no slug', { ...sound, runbook: 'Split Name' }, 'runbook Split Name', 'hyphens'],
    ['a name that is too long', { ...sound, runbook: 'a'.repeat(61) }, 'runbook aaa', 'hyphens'],
    [
      'an id twice',
      planOf({ expand: [act('do/1', 'table:x', byAction)], promote: [act('do/1', 'table:x', byAction)] }),
      'promote step do/1',
      'id',
    ],
    [
      'a guard twice',
      planOf({ expand: [act('do/1', 'table:x', byAction)] }, [guard('a'), guard('a')]),
      'guard a',
      'twice',
    ],
    [
      'samples that are always too old',
      { ...sound, guards: [{ ...guard('a'), evidence: { ...guard('a').evidence, maxAge: 1 } }] },
      'guard a',
      'too old',
    ],
    [
      'a look-back below the interval',
      { ...sound, guards: [{ ...guard('a'), evidence: { ...guard('a').evidence, lookBack: 1 } }] },
      'guard a',
      'looks back',
    ],
    [
      'a guard that could never fail',
      { ...sound, guards: [{ ...guard('a'), criterion: { type: 'absolute', atMost: 1 } }] },
      'guard a',
      'can never fail: not more than all requests can',
    ],
    [
      'a guard that would pass without evidence',
      { ...sound, guards: [{ ...guard('a'), on: { ...guard('a').on, 'no-evidence': 'continue' as const } }] },
      'guard a',
      'without evidence',
    ],
    ['a target outside scope', { ...sound, scope: ['table:y'] }, 'expand step do/1', 'outside scope'],
    [
      'a target that only begins like scope',
      { ...sound, scope: ['table:xy'] },
      'expand step do/1',
      'outside scope',
    ],
    [
      'an irreversible act in promote',
      planOf({ promote: [gate('1'), act('purge/1', 'table:x', irreversible)] }),
      'promote step purge/1',
      'irreversible',
    ],
    [
      'an irreversible act without approval',
      planOf({ contract: [act('purge/1', 'table:x', irreversible)] }),
      'contract step purge/1',
      'approval',
    ],
    [
      'an approval outside contract for it',
      planOf({ promote: [gate('1')], contract: [act('purge/1', 'table:x', irreversible)] }),
      'contract step purge/1',
      'approval',
    ],
    [
      'one approval for two irreversible acts',
      planOf({
        contract: [
          gate('1'),
          act('purge/1', 'table:x', irreversible),
          act('purge/2', 'table:x', irreversible),
        ],
      }),
      'contract step purge/2',
      'approval',
    ],
    [
      'exposure that falls',
      planOf({ canary: [expose('a', 25), watch('1'), expose('a', 5), watch('2')] }),
      'canary step expose/a/5',
      'rise',
    ],
    [
      'exposure that stays',
      planOf({ canary: [expose('a', 25), watch('1'), { ...expose('a', 25), id: 'again' }, watch('2')] }),
      'canary step again',
      'rise',
    ],
    [
      'exposure of nobody',
      planOf({ canary: [expose('a', 0), watch('1')] }),
      'canary step expose/a/0',
      'rise',
    ],
    [
      'a restore that reaches back behind the first exposure',
      planOf({
        expand: [act('do/1', 'table:x', byAction)],
        canary: [expose('a', 5), watch('1')],
        promote: [act('do/2', 'table:x', { type: 'restore' })],
      }),
      'promote step do/2',
      'takes back what do/1 did to table:x',
    ],
    [
      'an exposure whose restore reaches back behind it',
      planOf({
        expand: [act('do/1', 'flag:a', byAction)],
        canary: [expose('a', 5), watch('1')],
      }),
      'canary step expose/a/5',
      'takes back what do/1 did to flag:a',
    ],
    [
      'exposure undone otherwise',
      planOf({ canary: [{ ...expose('a', 5), undo: byAction }, watch('1')] }),
      'canary step expose/a/5',
      'restore',
    ],
    [
      'exposure at the end without a watch',
      planOf({ canary: [expose('a', 5)] }),
      'canary step expose/a/5',
      'watch',
    ],
    [
      'an act between exposure and watch',
      planOf({ canary: [expose('a', 5), act('do/1', 'table:x', byAction), watch('1')] }),
      'canary step expose/a/5',
      'watch',
    ],
    [
      'exposure without a guard',
      planOf({ canary: [expose('a', 5), watch('1')] }, []),
      'canary step expose/a/5',
      'guard',
    ],
    [
      'a reminder before the question',
      planOf({ promote: [asking({ remind: 120_000 })] }),
      'promote step approve/1',
      'reminds people before they have been asked',
    ],
    [
      'an escalation after the deadline',
      planOf({ promote: [asking({ escalate: { to: 'leads', after: 120_000 } })] }),
      'promote step approve/1',
      'asks another group only after its deadline',
    ],
    [
      'an escalation to those who are asked',
      planOf({ promote: [asking({ escalate: { to: 'approvers', after: 1 } })] }),
      'promote step approve/1',
      'escalates to approvers, which it asks already',
    ],
    [
      'a strength that nobody knows',
      planOf({ promote: [asking({ strength: 'handshake' as 'slack' })] }),
      'phases.promote[0].approval.strength',
      'must be "slack" or "token"',
    ],
    [
      'four eyes that are none',
      planOf({ promote: [asking({ fourEyes: false as unknown as true })] }),
      'phases.promote[0].approval.fourEyes',
      'must be true',
    ],
    [
      'an approval by nobody',
      planOf({ promote: [{ ...gate('1'), approval: { ...gate('1').approval, by: [] } }] }),
      'promote step approve/1',
      'no group',
    ],
    [
      'half a person',
      planOf({ promote: [{ ...gate('1'), approval: { ...gate('1').approval, quorum: 1.5 } }] }),
      'promote step approve/1',
      'person',
    ],
    [
      'a watch that nobody may end early',
      planOf({ soak: [{ ...watch('1'), early: { by: [], after: 1 } }] }),
      'soak step watch/1',
      'names no group that may end it early',
    ],
    [
      'a watch that ends before it could end early',
      planOf({ soak: [{ ...watch('1'), early: { by: ['sre'], after: watch('1').for + 1 } }] }),
      'soak step watch/1',
      'only after its end',
    ],
    [
      'a watch that outlasts its evidence',
      planOf({ soak: [watch('1', evidenceKept + 1)] }),
      'soak step watch/1',
      'longer than the 100d for which evidence is kept',
    ],
    [
      'an irreversible act that asks on failure',
      planOf({
        contract: [gate('1'), { ...act('purge/1', 'table:x', irreversible), onFailure: 'ask' as const }],
      }),
      'contract step purge/1',
      'asks an operator by itself',
    ],
  ])('refuses %s', (_what, plan, thing, rule) => {
    const refused = refusal(plan);
    expect(refused.thing).toContain(thing);
    expect(refused.rule).toContain(rule);
    expect(refused.fix).not.toBe('');
    expect(refused.message).toBe(`${refused.thing}: ${refused.rule}; ${refused.fix}`);
  });

  it('lets a watch end early as late as at its end, and an act that can be undone ask', () => {
    const early = { ...watch('1'), early: { by: ['sre'], after: watch('1').for } };
    const asking = { ...act('do/1', 'table:x', byAction), onFailure: 'ask' as const };
    const plan = planOf({ expand: [asking], soak: [early] });
    expect(validate(plan)).toBe(plan);
  });

  it('lets a watch last as long as its evidence, and longer where no guard needs any', () => {
    const plan = planOf({ soak: [watch('1', evidenceKept)] });
    expect(validate(plan)).toBe(plan);
    const unguarded = planOf({ soak: [watch('1', 2 * evidenceKept)] }, []);
    expect(validate(unguarded)).toBe(unguarded);
  });

  it('lets a target cover its children', () => {
    const plan = planOf({ expand: [act('do/1', 'table:shop.customer', byAction)] });
    expect(validate({ ...plan, scope: ['table:shop'] }).scope).toEqual(['table:shop']);
  });
});
