import { exportJWK, generateKeyPair, importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';
import { Refusal } from '../../src/engine/base/errors.js';

/** A door's own key, with which it signs. */
export interface DoorKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** A key that was made, as it is shown once. */
export interface MadeDoorKey {
  readonly kid: string;
  /** For the variable of the machine that runs the door, and for nothing else. */
  readonly secret: string;
  /** The public half, for the configuration of doors and workers. */
  readonly x: string;
}

/** By it scanners for leaked secrets, and people, know what it is. */
const prefix = 'switchback_door_';

const privateJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1),
  x: z.string().min(1),
  d: z.string().min(1),
});

/** Makes a key under a name that no other has. */
export async function makeDoorKey(kid: string): Promise<MadeDoorKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = privateJwk.parse({ ...(await exportJWK(privateKey)), kid });
  const secret = `${prefix}${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;
  return { kid, secret, x: jwk.x };
}

/**
 * Opens the key in a text that `makeDoorKey` wrote.
 *
 * @throws Refusal that shows nothing of the text
 */
export async function openDoorKey(secret: string): Promise<DoorKey> {
  const jwk = privateJwk.safeParse(decoded(secret));
  if (!jwk.success) throw unusable();
  const key = await importJWK(jwk.data, 'EdDSA').catch(() => {
    throw unusable();
  });
  // Only a secret of symmetric algorithms comes as bytes.
  if (key instanceof Uint8Array) throw unusable();
  return { kid: jwk.data.kid, privateKey: key };
}

function decoded(secret: string): unknown {
  try {
    return JSON.parse(Buffer.from(secret.trim().replace(prefix, ''), 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function unusable(): Refusal {
  const fix = 'set its variable to the text that "switchback door-key create" printed';
  return new Refusal('the key of this door', 'is no private key of a door', fix);
}
