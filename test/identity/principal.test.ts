import { describe, expect, it } from 'vitest';
import { personBehind, principalOf, principalOfSlack, registeredAs } from '../../src/identity/index.js';
import { directory } from './given.js';

const issuer = 'https://id.example';

describe('who an identity is', () => {
  it('goes by issuer and subject', () => {
    expect(principalOf(directory, { issuer, subject: 'a-1' }, false)).toBe('ana');
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example', subject: 'a-1' }],
    ['another subject', { issuer, subject: 'a-2' }],
  ])('is nobody with %s', (_what, identity) => {
    expect(() => principalOf(directory, identity, true)).toThrow(/is nobody that this environment knows/);
  });

  const ben = { issuer, subject: 'b-1', email: 'Ben@Example.com' };
  it('goes by e-mail only where that is switched on, and only verified', () => {
    expect(principalOf(directory, { ...ben, emailVerified: true }, true)).toBe('ben');
    expect(() => principalOf(directory, { ...ben, emailVerified: true }, false)).toThrow(/nobody/);
    expect(() => principalOf(directory, { ...ben, emailVerified: false }, true)).toThrow(/nobody/);
    expect(() => principalOf(directory, ben, true)).toThrow(/nobody/);
  });

  it('is refused when subject and e-mail are two', () => {
    const both = { issuer, subject: 'a-1', email: 'ben@example.com', emailVerified: true };
    expect(() => principalOf(directory, both, true)).toThrow(/is bound to ana and ben; leave it with one/);
  });

  it('goes by team and user in Slack', () => {
    expect(principalOfSlack(directory, 'T1', 'U1')).toBe('ana');
    expect(() => principalOfSlack(directory, 'T2', 'U1')).toThrow(/nobody/);
  });
});

it('the person behind a service is its owner, also of a service of a service', () => {
  expect(['ana', 'deployer', 'robot'].map((name) => personBehind(directory, name))).toEqual([
    'ana',
    'ana',
    'ana',
  ]);
  const circle = {
    principals: {
      a: { kind: 'service', owner: 'b', groups: [] },
      b: { kind: 'service', owner: 'a', groups: [] },
    },
  } as const;
  expect(personBehind(circle, 'a')).toBe('a');
});

it('a name that every object has is nobody', () => {
  expect(['constructor', '__proto__', 'toString'].map((name) => registeredAs(directory, name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
