import { NoAnswer, Unreachable } from '../../client/client.js';
import { isRefusal } from '../../../src/engine/base/errors.js';
import { isAbsent, isTaken } from '../../client/refusals.js';
import { ProblemError, type ProblemName } from './catalogue.js';

const again = { 'retry-after': '5' };

/** What went wrong, as a problem. Of what nobody foresaw, nothing is told outside: it stands in the log. */
export function problemOf(error: unknown, refusedAs: ProblemName = 'refused'): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isRefusal(error)) return new ProblemError(kindOf(error, refusedAs), error.thing, error.rule, error.fix);
  if (error instanceof Unreachable) return unreachable('unreachable', error);
  if (error instanceof NoAnswer) return unreachable('not-answered', error);
  return new ProblemError('unexpected', 'this request', 'met a fault of the server', 'see its log');
}

function kindOf(error: Error, refusedAs: ProblemName): ProblemName {
  if (isAbsent(error)) return 'not-found';
  return isTaken(error) ? 'exists-already' : refusedAs;
}

function unreachable(name: 'unreachable' | 'not-answered', { message }: Error): ProblemError {
  const fix =
    name === 'unreachable'
      ? 'try again later'
      : 'send it again with the same Idempotency-Key: it counts once';
  return new ProblemError(name, 'this request', message, fix, again);
}
