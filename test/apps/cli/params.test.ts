import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseParams } from '../../../apps/cli/params.js';

describe('parameters', () => {
  it('are JSON where they parse as JSON, else text', () => {
    const given = [
      'n=5',
      'list=[5,25]',
      'yes=true',
      'text="5"',
      'time=30m',
      'loose=5,25',
      'empty=',
      'eq=a=b',
    ];
    expect(parseParams(given)).toEqual({
      n: 5,
      list: [5, 25],
      yes: true,
      text: '5',
      time: '30m',
      loose: '5,25',
      empty: '',
      eq: 'a=b',
    });
  });

  it('come back as they were when they are written as JSON', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z_]\w{0,20}$/), fc.jsonValue(), (name, value) => {
        // Through JSON first: it knows no -0.
        const json = JSON.stringify(value);
        expect(parseParams([`${name}=${json}`])).toEqual({ [name]: JSON.parse(json) as unknown });
      }),
    );
  });

  it('keep a name that objects have by nature', () => {
    expect(Object.keys(parseParams(['__proto__=1', 'toString=2']))).toEqual(['__proto__', 'toString']);
  });

  it.each(['canary', '=5', ' =5', ''])('refuse %j, which has no name and value', (text) => {
    expect(() => parseParams([text])).toThrow('write it as --param name=value');
  });

  it('refuse a name that comes twice', () => {
    expect(() => parseParams(['n=1', 'n=2'])).toThrow('--param n: is given twice; give it once');
  });
});
