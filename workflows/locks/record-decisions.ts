import type { JsonObject } from '../../src/engine/base/json.js';
import type { Provenance } from '../../src/engine/state/journal.js';
import type { Answer } from '../../src/engine/state/messages.js';
import { nameOfChoice, type Identity, type LocksRequest } from '../../src/protocol/locks.js';
import type { Dismissed } from '../doors/refused.js';
import type { Keeper } from './keeper.js';

/** Who has decided, when that could be found out. */
export type Known = Exclude<Identity, { refused: string }>;

/** What became of a decision, with what was found out for it. */
export function recordDecision(
  keeper: Keeper,
  request: LocksRequest,
  { accepted, reason }: Answer,
  provenance: Provenance,
  evidence: JsonObject = {},
): void {
  keeper.record({
    type: 'decision',
    reason: `${nameOfChoice(request)}: ${accepted ? 'accepted' : 'refused'}, ${reason}`,
    by: request.by,
    ...provenance,
    evidence: { ...evidence, ...factsOf(request, accepted, reason) },
  });
}

/** What the sentence says, for programs: nothing is read back out of prose. */
function factsOf(request: LocksRequest, accepted: boolean, answer: string): JsonObject {
  const { id, type: decision, reason } = request;
  return { id, decision, ...aboutOf(request), accepted, answer, reason };
}

function aboutOf(request: LocksRequest): JsonObject {
  switch (request.type) {
    case 'take-over':
      return { rollout: request.rollout };
    case 'delegate': {
      const { to, gates, since, until } = request;
      return { to, gates: [...gates], until, ...(since !== undefined && { since }) };
    }
    case 'end-delegation':
      return { delegation: request.delegation };
    default:
      return {};
  }
}

/** What nobody has checked is not kept as if somebody had. */
export function provenanceOf({ signed }: LocksRequest, known: Known | undefined): Provenance {
  const { via, submittedBy } = known?.principal ?? {};
  const counts = known?.signedUntil !== undefined && signed !== undefined;
  return {
    ...(via !== undefined && { via }),
    ...(submittedBy !== undefined && { submittedBy }),
    ...(counts && { signed }),
  };
}

/** Many that were refused together. */
export function recordRefused(keeper: Keeper, { count, by, reason }: Dismissed): void {
  keeper.record({ type: 'decisions-refused', reason, evidence: { count, by } });
}
