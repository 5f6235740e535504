import { CompactSign, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { makeDoorKey, openDoorKey } from '../../../activities/identity/door-key.js';
import { sign } from '../../../activities/identity/sign.js';
import { verify, verifySignature, type Doors } from '../../../activities/identity/verify.js';
import type { Claims } from '../../../src/identity/claims.js';
import { claimsWith, doorWith, noon } from './given.js';

const { key, door, x } = await doorWith('k1');
const doors: Doors = { api: door };
const refused = (about: string | RegExp): object =>
  expect.objectContaining({ refused: expect.stringMatching(about) as string }) as object;

test('what a door signs is what is read', async () => {
  const claims = claimsWith();
  expect(await verify(await sign(claims, key), doors, noon)).toEqual({ claims });
});

describe('no signature of a door that the configuration names', () => {
  test('text that is none', async () => {
    for (const text of ['', 'ana', 'a.b.c', '..', 'e30.e30.']) {
      expect(await verify(text, doors, noon)).toEqual(refused('no signature of a door'));
    }
  });

  test('a key that is unknown', async () => {
    const other = await doorWith('k2');
    expect(await verify(await sign(claimsWith(), other.key), doors, noon)).toEqual(refused('of no door'));
  });

  test('another key under the same name', async () => {
    const other = await doorWith('k1');
    const jws = await sign(claimsWith(), other.key);
    expect(await verify(jws, doors, noon)).toEqual(refused('does not fit'));
  });

  test('one that signs as another door', async () => {
    const slack = await doorWith('k3', ['slack']);
    const jws = await sign(claimsWith({ via: 'api' }), slack.key);
    expect(await verify(jws, { ...doors, slack: slack.door }, noon)).toEqual(refused('signed as api'));
  });

  test('a proof that it may not vouch for', async () => {
    const jws = await sign(claimsWith({ proof: 'slack' }), key);
    expect(await verify(jws, doors, noon)).toEqual(refused('may not vouch for slack'));
  });

  test('nothing, where a door may vouch for nothing', async () => {
    const jws = await sign(claimsWith(), key);
    expect(await verify(jws, { api: { ...door, proofs: [] } }, noon)).toEqual(refused('may not vouch'));
  });
});

describe('algorithms', () => {
  const header = { typ: 'switchback+jws', kid: 'k1' };
  const payload = new TextEncoder().encode(JSON.stringify(claimsWith()));

  test('none', async () => {
    const [, body] = new UnsecuredJWT({ ...claimsWith() }).encode().split('.');
    const head = Buffer.from(JSON.stringify({ ...header, alg: 'none' })).toString('base64url');
    expect(await verify(`${head}.${body}.`, doors, noon)).toEqual(refused('does not fit'));
  });

  test('a shared secret that is the public key', async () => {
    const secret = Buffer.from(x, 'base64url');
    const jws = await new CompactSign(payload).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret);
    expect(await verify(jws, doors, noon)).toEqual(refused('does not fit'));
  });

  test('the same under another name', async () => {
    const signing = new CompactSign(payload).setProtectedHeader({ ...header, alg: 'Ed25519' });
    expect(await verify(await signing.sign(key.privateKey), doors, noon)).toEqual(refused('does not fit'));
  });

  test('a token that was signed for another purpose', async () => {
    const jwt = new SignJWT({ ...claimsWith() }).setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'k1' });
    expect(await verify(await jwt.sign(key.privateKey), doors, noon)).toEqual(refused('no signature'));
  });
});

test('one character changed anywhere is found', async () => {
  const jws = await sign(claimsWith(), key);
  for (let at = 0; at < jws.length; at += 7) {
    const other = jws[at] === 'A' ? 'B' : 'A';
    // The last character of base64url has bits that stand for nothing.
    if (at === jws.length - 1) continue;
    const verdict = await verify(jws.slice(0, at) + other + jws.slice(at + 1), doors, noon);
    expect(verdict, `character ${at}`).toHaveProperty('refused');
  }
});

test('claims of another shape are refused, also when they are signed', async () => {
  const unsure = async (claims: object) => {
    const payload = new TextEncoder().encode(JSON.stringify(claims));
    const header = { alg: 'EdDSA', typ: 'switchback+jws', kid: 'k1' };
    return new CompactSign(payload).setProtectedHeader(header).sign(key.privateKey);
  };
  const { by: _by, ...nobodys } = claimsWith();
  for (const claims of [{ ...claimsWith(), admin: true }, nobodys, { ...claimsWith(), iat: 'now' }, [], 7]) {
    expect(await verify(await unsure(claims as object), doors, noon)).toEqual(refused('no decision'));
  }
  await expect(sign({ ...claimsWith(), admin: true } as Claims, key)).rejects.toThrow('admin');
});

describe('times', () => {
  const minute = 60_000;
  const verdictAt = async (at: number, change: Partial<Claims> = {}) =>
    verify(await sign(claimsWith(change), key), doors, at);

  test('a minute between the clocks is no matter, more is', async () => {
    expect(await verdictAt(noon - minute)).toHaveProperty('claims');
    expect(await verdictAt(noon - minute - 1)).toEqual(refused('see the clocks'));
    expect(await verdictAt(noon + 6 * minute)).toHaveProperty('claims');
    expect(await verdictAt(noon + 6 * minute + 1)).toEqual(refused('it counted until'));
  });

  test('nothing counts for more than 15 minutes, or for none', async () => {
    const { iat } = claimsWith();
    expect(await verdictAt(noon, { exp: iat + 900 })).toHaveProperty('claims');
    expect(await verdictAt(noon, { exp: iat + 901 })).toEqual(refused('15 are the most'));
    expect(await verdictAt(noon, { exp: iat })).toEqual(refused('15 are the most'));
  });
});

describe('keys', () => {
  const revokedAt = (revoked: number): Doors => ({ api: { ...door, keys: [{ kid: 'k1', x, revoked }] } });

  test('two at a time: both count, while one takes over from the other', async () => {
    const next = await doorWith('k2');
    const both: Doors = { api: { ...door, keys: [...door.keys, ...next.door.keys] } };
    for (const signer of [key, next.key]) {
      expect(await verify(await sign(claimsWith(), signer), both, noon)).toHaveProperty('claims');
    }
    expect(await verify(await sign(claimsWith(), key), { api: next.door }, noon)).toEqual(
      refused('of no door'),
    );
  });

  test('one that is revoked counts for nothing from then on, whatever time it writes', async () => {
    const jws = await sign(claimsWith(), key);
    expect(await verify(jws, revokedAt(noon), noon)).toEqual(refused('was revoked'));
    expect(await verify(jws, revokedAt(noon + 1), noon)).toHaveProperty('claims');
    // Backdated by whoever has it.
    expect(await verify(jws, revokedAt(noon + 1), noon + 2)).toEqual(refused('was revoked'));
    expect(await verify(jws, revokedAt(0), noon)).toEqual(refused('was revoked'));
  });

  test('what it signed before can be checked for good', async () => {
    const jws = await sign(claimsWith(), key);
    expect(await verifySignature(jws, revokedAt(noon + 1))).toMatchObject({ kid: 'k1' });
    expect(await verifySignature(jws, revokedAt(noon))).toEqual(refused('was revoked'));
  });

  test('a text that is no key is refused, and not shown', async () => {
    const { secret } = await makeDoorKey('k9');
    for (const text of ['', 'hunter2', secret.slice(0, -9), `${secret}x`.repeat(2)]) {
      await expect(openDoorKey(text)).rejects.toThrow('no private key of a door');
      await expect(openDoorKey(text || 'x')).rejects.not.toThrow(text || 'hunter2');
    }
    expect((await openDoorKey(`${secret}\n`)).kid).toBe('k9');
  });
});
