import { Refusal } from '../../src/engine/base/errors.js';
import type { Stopped } from '../../src/protocol/locks.js';

/** Why nothing starts in an environment. */
export function stoppedRefusal(environment: string, { at, by, reason }: Stopped): Refusal {
  const since = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return new Refusal(
    `environment ${environment}`,
    `is stopped since ${since} UTC by ${by}: ${reason}`,
    `when it is over: switchback stop --env ${environment} --lift`,
  );
}
