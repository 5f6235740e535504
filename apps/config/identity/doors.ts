import { z } from 'zod';
import type { Doors } from '../../../activities/identity/verify.js';
import { members, moment, nonEmpty, secret } from '../settings.js';

const key = members({
  kid: nonEmpty,
  /** The public key, Ed25519. */
  x: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'it is no Ed25519 key in base64url; see: switchback door-key create'),
  /** From when on nothing that it signs counts; `true`: it never counted. Keep the entry: the journal is verified with it. */
  revoked: z.union([moment, z.literal(true).transform(() => 0)]).exactOptional(),
});

/** A program that hands decisions in and signs them. */
const signer = members({
  keys: z.array(key),
  /** What it may vouch for. Nothing when empty. */
  proofs: z.array(
    z.enum(['oidc', 'token', 'slack'], { error: 'it is no proof; use one of oidc, token, slack' }),
  ),
});

/** By name. A key identifies one door, so that none can sign as another. */
export const doors = z.record(nonEmpty, signer).superRefine((all, context) => {
  const named = Object.entries(all).flatMap(([door, { keys }]) => keys.map((one) => ({ door, ...one })));
  const places = Object.entries(all).flatMap(([door, { keys }]) =>
    keys.map((_, index) => [door, 'keys', index]),
  );
  for (const member of ['kid', 'x'] as const) {
    const seen = new Map<string, string>();
    for (const [index, entry] of named.entries()) {
      const before = seen.get(entry[member]);
      const message = `a key of ${before} has it too; make a new key with: switchback door-key create`;
      if (before !== undefined)
        context.addIssue({ code: 'custom', path: [...places[index]!, member], message });
      seen.set(entry[member], entry.door);
    }
  }
});

/** Which door this machine runs; on no other machine stands its key. */
export const door = members({ name: nonEmpty, key: secret });

/** The doors of an environment whose signatures count; none where it names none. */
export function doorsOf({ identity }: { readonly identity?: { readonly doors: Doors } }): Doors {
  return identity?.doors ?? {};
}
