import { makeDoorKey, openDoorKey, type DoorKey } from '../../../activities/identity/door-key.js';
import type { Door } from '../../../activities/identity/verify.js';
import type { Claims } from '../../../src/identity/claims.js';

/** 2026-11-30T12:00:00Z. */
export const noon = Date.UTC(2026, 10, 30, 12);

/** A door with one key, and what the configuration says of it. */
export async function doorWith(
  kid: string,
  proofs: Door['proofs'] = ['oidc', 'token'],
): Promise<{ key: DoorKey; door: Door; x: string }> {
  const { secret, x } = await makeDoorKey(kid);
  return { key: await openDoorKey(secret), door: { keys: [{ kid, x }], proofs }, x };
}

/** An approval of Ana's, five minutes valid from noon. */
export function claimsWith(change: Partial<Claims> = {}): Claims {
  return {
    env: 'prod',
    rollout: 'rollout/prod/split/1',
    firstRun: 'run-1',
    step: 'go',
    epoch: 0,
    digest: 'd1',
    decision: { type: 'approve' },
    id: 'a-1',
    by: 'ana',
    proof: 'token',
    via: 'api',
    submittedBy: 'ana',
    iat: noon / 1_000,
    exp: noon / 1_000 + 300,
    ...change,
  };
}
