import { openDoorKey } from '../../../activities/identity/door-key.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { reveal, type Environment } from '../../config/config.js';
import { createSigner, type Signer } from './signer.js';

/**
 * What an environment's door signs with; nothing in a local one, where a name is enough.
 *
 * @throws Refusal when the configuration does not say which door this is, or names no such key of it
 */
export async function signerOf(name: string, environment: Environment): Promise<Signer | undefined> {
  const { kind, door, identity } = environment;
  if (kind !== 'shared') return undefined;
  if (!door) {
    const rule = 'has no door here: nothing that it hands in would count';
    throw new Refusal(`environment ${name}`, rule, 'make a key with "switchback door-key create"');
  }
  const key = await openDoorKey(reveal(door.key));
  const known = identity?.doors[door.name]?.keys.some(
    ({ kid, revoked }) => kid === key.kid && revoked === undefined,
  );
  if (known) return createSigner({ environment: name, door: door.name }, key);
  const fix = `add its public half to identity.doors.${door.name}.keys`;
  throw new Refusal(`door ${door.name}`, `signs with key ${key.kid}, which does not count`, fix);
}
