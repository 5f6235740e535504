import { describe, expect, it } from 'vitest';
import { isNearMiss } from '../../src/engine/base/nearest.js';

describe('a name that is most likely another one misspelt', () => {
  it.each([
    ['Error', 'error'],
    ['server-error', 'server_error'],
    ['5XX', '5xx'],
    ['eror', 'error'],
    ['errors', 'error'],
    ['candiate', 'candidate'],
    ['cnadidate', 'candidate'],
  ])('is %s, where %s is there', (wanted, name) => expect(isNearMiss(wanted, name)).toBe(true));

  it.each([
    ['error', 'error'],
    ['failed', 'error'],
    ['500', '200'],
    ['5xx', '2xx'],
    ['v1', 'v2'],
    ['shop-v2', 'shop-v3'],
    ['on', 'off'],
    ['get', 'put'],
    ['baseline', 'candidate'],
    ['unhandled', 'handled'],
  ])('is not %s, where %s is there', (wanted, name) => expect(isNearMiss(wanted, name)).toBe(false));
});
