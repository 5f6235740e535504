import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { ProblemError } from './problems/catalogue.js';

/**
 * Throws a problem for a service that does not say who asked for what it starts: a program starts nothing of its own
 * accord, and who asked counts as having started it, too. A person asks for themselves.
 */
export function requireAsker(
  { identities }: Pick<Door, 'identities'>,
  { kind, name }: Caller,
  askedFor: string | undefined,
): void {
  if (identities.byName || (kind === 'service') === (askedFor !== undefined)) return;
  const [why, fix] =
    kind === 'person'
      ? [`is for services, and ${name} is a person`, 'leave it out']
      : [`is missing: ${name} is a service`, 'say who asked for it'];
  throw new ProblemError('unprocessable', 'askedFor', why, fix);
}
