import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Json } from '../../src/engine/base/json.js';
import { validate } from '../../src/engine/plan/validate.js';
import { refusal } from './refusal.js';

/** A copy of a plan's JSON with one member replaced. */
function changed(path: readonly (string | number)[], value: Json | undefined): unknown {
  const copy = structuredClone(splitCustomerName.evaluate({})) as unknown;
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], copy);
  (parent as Record<string, unknown>)[last] = value;
  return copy;
}

describe('what has not the shape of a plan', () => {
  it.each<[string, unknown, string]>([
    ['an unknown key', changed(['canery'], []), 'canery'],
    ['an unknown phase', changed(['phases', 'canery'], []), 'phases.canery'],
    ['a missing phase', changed(['phases', 'soak'], undefined), 'phases.soak'],
    ['an unknown key of a step', changed(['phases', 'soak', 0, 'until'], 5), 'phases.soak[0].until'],
    ['an unknown key of __proto__', JSON.parse('{"__proto__": 1}'), '__proto__'],
    ['an unknown kind of step', changed(['phases', 'soak', 0, 'type'], 'pause'), 'phases.soak[0].type'],
    [
      'a kind of step that every object has',
      changed(['phases', 'soak', 0, 'type'], 'constructor'),
      'phases.soak[0].type',
    ],
    ['an unknown undo', changed(['phases', 'expand', 0, 'undo', 'type'], 'hope'), 'undo.type'],
    ['a watch of no length', changed(['phases', 'soak', 0, 'for'], 0), 'phases.soak[0].for'],
    ['a watch of half a millisecond', changed(['phases', 'soak', 0, 'for'], 0.5), 'phases.soak[0].for'],
    ['a blank reason', changed(['why'], '  '), 'why'],
    ['a guard without evidence rules', changed(['guards', 0, 'evidence'], undefined), 'guards[0].evidence'],
    ['a guard without a reaction', changed(['guards', 0, 'on', 'error'], undefined), 'guards[0].on.error'],
    [
      'a relative guard that does not say at100',
      changed(['guards', 2, 'criterion', 'at100'], undefined),
      'guards[2].criterion.at100',
    ],
    [
      'a percentage above 100',
      changed(['phases', 'canary', 0, 'exposure', 'percent'], 101),
      'exposure.percent',
    ],
    ['another format', changed(['format'], 2), 'format'],
    ['a list instead of a plan', [], 'the plan'],
    ['nothing', undefined, 'the plan'],
    ['a number', 5, 'the plan'],
  ])('refuses %s by its path', (_what, plan, path) => {
    const refused = refusal(plan);
    expect(refused.thing).toContain(path);
    expect(refused.fix).not.toBe('');
  });

  it('refuses any JSON that is no plan with a Refusal, never with anything else (300 runs)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(refusal(value)).toBeInstanceOf(Refusal);
      }),
      { numRuns: 300 },
    );
  });

  it('never crashes on a plan with one member replaced by anything (500 runs)', () => {
    const plan = splitCustomerName.evaluate({});
    const paths = pathsOf(plan as unknown as Json);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 1 }), (path, value) => {
        try {
          validate(changed(path, value));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function pathsOf(value: Json, at: readonly (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [[...at]];
  const below = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : pathsOf(member, [...at, key]),
  );
  return at.length > 0 ? [[...at], ...below] : below;
}
