import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf, nameOf } from '../../../activities/files/names.js';

const ids = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 });

describe('the file name of an id', () => {
  it('is readable for a rollout and a target', () => {
    expect(nameOf('rollout/local/split-customer-name/2026-11-23')).toBe(
      'rollout~local~split-customer-name~2026-11-23',
    );
    expect(nameOf('table:shop.Customer')).toBe('table+shop.^customer');
  });

  it('gives the id back', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(idOf(nameOf(id))).toBe(id);
      }),
    );
  });

  it('is harmless: every part is a plain, visible name that fits', () => {
    const nasty = fc.constantFrom(
      '.',
      '..',
      '../x',
      '/etc/passwd',
      '~',
      '%',
      '%/',
      'a\0b',
      '.git',
      '.a.tmp',
      '=',
    );
    fc.assert(
      fc.property(fc.oneof(ids, nasty), (id) => {
        for (const part of nameOf(id).split('/')) {
          expect(part).toMatch(/^[a-z0-9_~+%^-][a-z0-9._~+%^-]{0,200}$/);
        }
      }),
    );
  });

  it('differs for different ids also where case is ignored, and no name is the directory of another', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        fc.pre(a !== b);
        expect(nameOf(a).toLowerCase()).not.toBe(nameOf(b).toLowerCase());
        expect(nameOf(b).startsWith(`${nameOf(a)}/`)).toBe(false);
      }),
    );
    expect(nameOf('A')).not.toBe(nameOf('a'));
  });

  it.each(['', '\ud800'])('refuses %j', (id) => {
    expect(() => nameOf(id)).toThrow(/is empty or not Unicode text/);
  });
});
