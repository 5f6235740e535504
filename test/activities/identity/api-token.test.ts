import { describe, expect, it } from 'vitest';
import { createToken, idOfToken, isTokenOf, tokenPattern } from '../../../activities/identity/api-token.js';

describe('an API token', () => {
  const { token, id, hash } = createToken();

  it('is found by its prefix, and known by its hash alone', () => {
    expect(token).toMatch(tokenPattern);
    expect(token).toMatch(/^swb_/);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(idOfToken(token)).toBe(id);
    expect(isTokenOf(hash, token)).toBe(true);
  });

  it('is another each time', () => {
    const made = Array.from({ length: 50 }, createToken);
    expect(new Set(made.map((one) => one.token)).size).toBe(50);
    expect(isTokenOf(hash, createToken().token)).toBe(false);
  });

  it('is none when it was cut, mistyped, or only looks alike', () => {
    const wrong = token.at(-1) === '0' ? '1' : '0';
    expect(idOfToken(token.slice(0, -1))).toBeUndefined();
    expect(idOfToken(`${token.slice(0, -1)}${wrong}`)).toBeUndefined();
    expect(idOfToken(`swb_00000000_${'0'.repeat(56)}`)).toBeUndefined();
    expect(idOfToken(`${token}\n`)).toBeUndefined();
    expect(idOfToken('')).toBeUndefined();
  });

  it('matches no hash that is none', () => {
    expect(isTokenOf('', token)).toBe(false);
    expect(isTokenOf(hash.slice(2), token)).toBe(false);
  });
});
