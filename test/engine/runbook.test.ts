import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import { isRunbook, runbook } from '../../src/engine/plan/runbook.js';
import { expose, watch } from '../../src/steps/index.js';
import { guard } from '../support/world/plans.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';

function refusal(params: JsonObject): Refusal {
  try {
    splitCustomerName.evaluate(params);
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
    return error as Refusal;
  }
  throw new Error('nothing was refused');
}

describe('a runbook', () => {
  it('fills in defaults and says which parameters it used', () => {
    const plan = splitCustomerName.evaluate({});
    expect(plan.params).toMatchObject({ canary: [5, 25], soakFor: '24h' });
    expect(plan.phases.soak[0]).toMatchObject({ type: 'watch', for: 86_400_000 });
    expect(plan.deadlines).toMatchObject({
      act: 3_600_000,
      undo: 86_400_000,
      ask: 300_000,
      giveUp: 1_800_000,
    });
  });

  it('says how long going back may take, as a part of its digest; and nothing of it where it does not', () => {
    const objective = (restoreWithin?: '5m' | '6m') =>
      runbook({
        name: 'quick-back',
        owner: 'sre',
        why: 'It is to be back soon.',
        hypothesis: 'It is.',
        params: z.object({}),
        plan: () => ({
          scope: [],
          soak: [watch('soak', { for: '1s' })],
          ...(restoreWithin && { objective: { restoreWithin } }),
        }),
      }).evaluate({});
    expect(objective('5m').objective).toEqual({ restoreWithin: 300_000 });
    expect(objective()).not.toHaveProperty('objective');
    const digests = [objective(), objective('5m'), objective('6m')].map(planDigest);
    expect(new Set(digests).size).toBe(3);
  });

  it('gives the same digest for the same parameters, another for others', () => {
    const [one, two] = [splitCustomerName.evaluate({}), splitCustomerName.evaluate({ soakFor: '24h' })];
    expect(planDigest(one)).toBe(planDigest(two));
    expect(planDigest(splitCustomerName.evaluate({ soakFor: '25h' }))).not.toBe(planDigest(one));
    expect(planDigest(JSON.parse(JSON.stringify(one)) as typeof one)).toBe(planDigest(one));
  });

  it('gives a frozen plan', () => {
    const plan = splitCustomerName.evaluate({});
    expect(() => Object.assign(plan.phases.soak[0]!, { for: 1 })).toThrow(TypeError);
    expect(() => Object.assign(plan.params, { canary: [] })).toThrow(TypeError);
  });

  it.each(['soakfor', 'toString', 'constructor', 'hasOwnProperty'])(
    'refuses the unknown parameter %s and names those there are',
    (name) => {
      const refused = refusal({ [name]: '1h' });
      expect(refused.thing).toBe(`parameter ${name} of runbook split-customer-name`);
      expect(refused.fix).toContain('soakFor');
    },
  );

  it.each<[string, JsonObject]>([
    ['soakFor', { soakFor: 'a while' }],
    ['"0s"', { soakFor: '0s' }],
    ['"-5s"', { soakFor: '-5s' }],
    ['soakFor', { soakFor: 5 }],
    ['canary.1', { canary: [5, 100] }],
    ['minRequests', { minRequests: 0 }],
  ])('refuses a wrong value of %s: %j', (name, params) => {
    expect(refusal(params).message).toContain(name);
  });

  it('refuses parameters that give a plan that breaks a rule, naming the step', () => {
    expect(refusal({ canary: [25, 5] }).message).toContain('expose/split-name/5');
    expect(refusal({ canary: [5, 5] }).message).toContain('expose/split-name/5');
  });

  it('refuses a misspelt phase that no compiler has seen', () => {
    const draft = {
      scope: ['flag:x'] as const,
      guards: [guard('errors')],
      canery: [expose('x', { percent: 5 }), watch('1', { for: '1m' })],
      soak: [watch('soak', { for: '1m' })],
    };
    const misspelt = runbook({
      name: 'misspelt',
      owner: 'owners',
      why: 'to test',
      hypothesis: 'it is refused',
      params: z.object({}),
      plan: () => draft as never,
    });
    expect(() => misspelt.evaluate({})).toThrow(/canery/);
  });

  it('is told from other values', () => {
    expect(isRunbook(splitCustomerName)).toBe(true);
    for (const value of [null, undefined, 'runbook', {}, () => undefined])
      expect(isRunbook(value)).toBe(false);
  });
});
