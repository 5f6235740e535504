import { CompactSign } from 'jose';
import type { Claims } from '../../src/identity/claims.js';
import { claimsShape } from './claims-shape.js';
import type { DoorKey } from './door-key.js';

/** What a header says that this is, so that nothing that was signed for another purpose is taken for it. */
export const typ = 'switchback+jws';

/** Signs what a door vouches for, as a compact JWS. */
export async function sign(claims: Claims, { kid, privateKey }: DoorKey): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(claimsShape.parse(claims)));
  return new CompactSign(payload).setProtectedHeader({ alg: 'EdDSA', typ, kid }).sign(privateKey);
}
