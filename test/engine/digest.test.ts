import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/engine/base/digest.js';
import { canonicalJson, deepFreeze, type Json } from '../../src/engine/base/json.js';

/** The same value with the members of every object in reverse order. */
function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member as Json)]),
  );
}

describe('digest', () => {
  it('is stable for a fixed value', () => {
    const value = { b: [1, 'two', null, true], a: { ü: 0.1, Z: -1 }, c: undefined };
    expect(canonicalJson(value)).toBe('{"a":{"Z":-1,"ü":0.1},"b":[1,"two",null,true]}');
    expect(digestOf(value)).toBe('d91aecf89e4ba638fb91a1013ab466e58fdbb82ceacee59e8ff0fddbfa3b607d');
  });

  it('is the SHA-256 of the canonical text (200 runs)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(digestOf(value as Json)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
      { numRuns: 200 },
    );
  });

  it('does not depend on the order of keys, and survives being written down (300 runs)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value as Json))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('differs for values that differ (300 runs)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
        const same = canonicalJson(one) === canonicalJson(two);
        expect(digestOf(one as Json) === digestOf(two as Json)).toBe(same);
      }),
      { numRuns: 300 },
    );
  });

  it('tells half characters apart that UTF-8 cannot write', () => {
    expect(digestOf('\ud800')).not.toBe(digestOf('\udbff'));
  });

  it('keeps the order of lists', () => {
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  });
});

describe('deepFreeze', () => {
  it('freezes a value and everything in it', () => {
    const value = deepFreeze({ list: [{ deep: { deeper: 1 } }] });
    expect(() => Object.assign(value.list[0]!.deep, { deeper: 2 })).toThrow(TypeError);
    expect(() => value.list.push({ deep: { deeper: 3 } })).toThrow(TypeError);
  });
});
