import type { Claims } from '../../src/identity/claims.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { skew, verifySignature, type Doors } from './verify.js';

/** What a door has signed in a journal. */
export interface SignedEntry {
  readonly number: number;
  readonly claims: Claims;
  readonly kid: string;
}

/** A decision or a start whose signature does not say what the entry says. */
export interface SignatureFault {
  readonly number: number;
  readonly reason: string;
}

export interface SignaturesChecked {
  readonly signed: readonly SignedEntry[];
  readonly faults: readonly SignatureFault[];
}

/**
 * Checks what doors have signed in a journal against their public keys, also those that are revoked by now. The chain says
 * that nobody has changed an entry since it was written; this says that nobody wrote one in the name of a door.
 *
 * @param name of the journal: the rollout, or the locks
 * @param mustBeSigned in a shared environment nothing is decided without
 */
export async function verifySignatures(
  name: string,
  events: readonly JournalEvent[],
  doors: Doors,
  mustBeSigned: boolean,
): Promise<SignaturesChecked> {
  const signed: SignedEntry[] = [];
  const faults: SignatureFault[] = [];
  for (const event of events) {
    const { number } = event;
    if (event.signed === undefined) {
      if (mustBeSigned && decides(event)) faults.push({ number, reason: 'no door has signed it' });
      continue;
    }
    const verdict = await verifySignature(event.signed, doors);
    const reason = 'refused' in verdict ? verdict.refused : faultOf(name, event, verdict.claims);
    if (reason !== undefined) faults.push({ number, reason });
    else if ('claims' in verdict) signed.push({ number, claims: verdict.claims, kid: verdict.kid });
  }
  return { signed, faults };
}

/** The start of locks is their own. */
function decides({ type, by, evidence }: JournalEvent): boolean {
  if (type === 'started') return by !== undefined;
  return type === 'decision' && evidence?.['accepted'] === true;
}

/** Whether the entry says what was signed: it might be the signature of another one. */
function faultOf(name: string, event: JournalEvent, claims: Claims): string | undefined {
  if (claims.iat * 1_000 > event.at + skew) return 'it was signed after it is said to have been decided';
  for (const member of ['by', 'via', 'submittedBy'] as const) {
    if (claims[member] !== event[member])
      return `it was signed with ${member} ${claims[member]}, not ${event[member]}`;
  }
  if (event.type === 'started') return claims.rollout === name ? undefined : ofAnother(claims);
  const { evidence } = event;
  // A stop tells each rollout to pause, with what was signed of the stop itself.
  const isStop = claims.decision.type === 'stop' && evidence?.['id'] === `stop/${claims.id}`;
  if (claims.rollout !== name && !isStop) return ofAnother(claims);
  if (claims.id !== evidence?.['id'] && !isStop) return `it was signed for decision ${claims.id}`;
  const decision = evidence?.['decision'];
  const signedFor = nameOf(claims);
  const same = decision === undefined || decision === signedFor || (isStop && decision === 'pause');
  if (!same) return `it was signed for ${signedFor}, not for ${JSON.stringify(decision)}`;
  return claims.epoch === event.epoch ? undefined : `it was signed for try ${claims.epoch ?? 'none'}`;
}

function ofAnother({ rollout }: Claims): string {
  return `it was signed for ${rollout}`;
}

/** As the journal calls it. */
function nameOf({ decision: { type, choice } }: Claims): string {
  return type === 'resolve' && typeof choice === 'string' ? choice : type;
}
