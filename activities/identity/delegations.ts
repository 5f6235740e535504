import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Delegation } from '../../src/identity/delegation.js';
import { verifySignature, type Doors } from './verify.js';

/** A delegation that somebody made through a door, and the decision by which it is known. */
export interface Recorded extends Delegation {
  readonly id: string;
}

/**
 * The delegations in a journal that stand: those whose delegator has not ended them. One counts by what a door has signed
 * alone, and not by what the entry says: whoever can write the journal could delegate for anybody.
 *
 * @param decisions what was accepted, oldest first
 */
export async function delegationsIn(
  decisions: readonly JournalEvent[],
  environment: string,
  doors: Doors,
): Promise<readonly Recorded[]> {
  const standing = new Map<string, Recorded>();
  for (const { at, signed } of decisions) {
    if (signed === undefined) continue;
    const verdict = await verifySignature(signed, doors);
    // Whoever has a leaked key writes any time into what he signs: when it was decided counts as well.
    if ('refused' in verdict || at >= (verdict.revoked ?? Infinity)) continue;
    const { env, id, by, decision } = verdict.claims;
    if (env !== environment) continue;
    const { delegation } = decision;
    if (decision.type === 'end-delegation' && typeof delegation === 'string') {
      if (standing.get(delegation)?.from === by) standing.delete(delegation);
    }
    const made = decision.type === 'delegate' ? madeBy(by, decision, at) : undefined;
    if (made) standing.set(id, { id, ...made });
  }
  return [...standing.values()];
}

/** What was signed, as a delegation; undefined when it is none. */
function madeBy(
  from: string,
  { to, gates, since, until, reason }: Readonly<Record<string, unknown>>,
  at: number,
): Delegation | undefined {
  if (typeof to !== 'string' || typeof until !== 'number' || !Array.isArray(gates)) return undefined;
  return {
    from,
    to,
    gates: gates.filter((gate) => typeof gate === 'string'),
    // Nobody can delegate what was before: an approval that stood for nobody then stays so.
    since: Math.max(at, typeof since === 'number' ? since : at),
    until,
    reason: typeof reason === 'string' ? reason : '',
  };
}
