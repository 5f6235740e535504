import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Bytes nobody can guess. */
const secretBytes = 24;
const idBytes = 4;

/**
 * What an API token looks like, for scanners: `swb_`, its id, its secret, and the CRC-32 of all that. A scanner finds it by
 * prefix and length, and the checksum tells it from anything that only looks alike, without asking anybody.
 */
export const tokenPattern = /^swb_([0-9a-f]{8})_([0-9a-f]{48})([0-9a-f]{8})$/;

/** A new token. It is shown once; what is kept of it is the hash. */
export interface NewToken {
  readonly token: string;
  /** Names it in the configuration and in logs. */
  readonly id: string;
  readonly hash: string;
}

/** Makes a token of 192 random bits. */
export function createToken(): NewToken {
  const id = randomBytes(idBytes).toString('hex');
  const body = `swb_${id}_${randomBytes(secretBytes).toString('hex')}`;
  const token = `${body}${checksumOf(body)}`;
  return { token, id, hash: hashOf(token) };
}

/** The id of a token; undefined when it is none of ours, or was cut or mistyped. Says nothing of whether it counts. */
export function idOfToken(token: string): string | undefined {
  const [, id] = tokenPattern.exec(token) ?? [];
  const whole = checksumOf(token.slice(0, -8)) === token.slice(-8);
  return whole ? id : undefined;
}

/** Whether a token is the one whose hash is kept. Takes as long whichever part of it is wrong. */
export function isTokenOf(hash: string, token: string): boolean {
  const [kept, given] = [Buffer.from(hash, 'hex'), Buffer.from(hashOf(token), 'hex')];
  return kept.length === given.length && timingSafeEqual(kept, given);
}

/** SHA-256 in hex. A slow hash would protect what people choose; nobody guesses 192 random bits. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
