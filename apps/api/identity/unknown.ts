import { ProblemError } from '../problems/catalogue.js';

/** Nobody can be told from what was sent. Why a token does not count is told in no more than a few words. */
export function unknown(why: string, challenge = 'Bearer error="invalid_token"'): ProblemError {
  const fix = 'send a token of yours as Authorization: Bearer';
  return new ProblemError('unauthenticated', 'this request', why, fix, { 'www-authenticate': challenge });
}
