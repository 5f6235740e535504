import { bindingFault, boundOfLocksDecision } from '../../../src/identity/claims.js';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';
import type { Heard } from '../../../src/protocol/decisions.js';
import { verify, verifySignature } from '../../../activities/identity/verify.js';
import type { Environment } from '../../config/config.js';
import { doorsOf } from '../../config/identity/doors.js';
import type { Proven } from './prove.js';

const prefix = 'stop/';

/**
 * A stop tells each rollout to pause, with what was signed of the stop itself. Undefined when it is no such pause. Those
 * whose workflow stood still hear it late: then it counts while the environment is stopped by it.
 */
export async function proveStopped(
  environment: Environment,
  name: string,
  request: DecisionRequest & Heard,
  { stoppedBy }: { stoppedBy(): Promise<{ readonly by: string; readonly reason: string } | undefined> },
): Promise<Proven | undefined> {
  const { type, id, by, reason = '', signed, heardAt = Date.now() } = request;
  if (type !== 'pause' || !id.startsWith(prefix) || signed === undefined) return undefined;
  const { exposure } = request;
  const stop = { type: 'stop' as const, id: id.slice(prefix.length), by, reason };
  const bound = boundOfLocksDecision(name, { ...stop, ...(exposure && { exposure }) });
  const doors = doorsOf(environment);
  const verdict = await verify(signed, doors, heardAt);
  if ('claims' in verdict) return boundTo(verdict.claims);
  if (!verdict.late) return verdict;
  const stopped = await stoppedBy();
  const late = await verifySignature(signed, doors);
  const stands = stopped?.by === by && stopped.reason === reason;
  return stands && 'claims' in late ? boundTo(late.claims) : { refused: verdict.refused };

  function boundTo(claims: Extract<Proven, { claims: unknown }>['claims']): Proven {
    const fault = bindingFault(claims, bound);
    return fault === undefined ? { claims } : { refused: fault };
  }
}
