import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Answer } from '../../src/engine/state/messages.js';
import { locksNames, nameOfChoice, type Answered, type LocksRequest } from '../../src/protocol/locks.js';
import { longestValid } from '../identity/verify.js';
import type { Happened } from './happened.js';

/**
 * What a run of the locks has answered, oldest first: to whom asked, and to whom only told it, which its journal says.
 * Without them the same decision, sent once more, would be carried out once more.
 */
export function answersIn(happened: readonly Happened[]): readonly Answered[] {
  const found = happened.flatMap((event) => [...answeredBy(event, happened), ...recordedBy(event)]);
  const byId = new Map<string, (typeof found)[number]>();
  for (const one of found) {
    const known = byId.get(one.answered.id);
    // An update under an id that stood for another decision already was told so: the journal has what was decided.
    if (!known || (one.recorded && !known.recorded)) byId.set(one.answered.id, one);
  }
  return [...byId.values()].sort((a, b) => a.at - b.at).map(({ answered }) => answered);
}

/** The decision that an update brought. */
export function requestOf(id: string, happened: readonly Happened[]): LocksRequest | undefined {
  const asked = happened.find(
    (event) => event.type === 'asked' && event.id === id && event.name === locksNames.decide,
  );
  return asked?.type === 'asked' ? (asked.args[0] as LocksRequest) : undefined;
}

/** What an activity took to the journal. */
export function exportedBy(event: Happened): readonly JournalEvent[] {
  if (event.type !== 'called' || event.name !== 'exportJournal') return [];
  return (event.args[0] as { readonly events: readonly JournalEvent[] }).events;
}

interface Found {
  readonly at: number;
  readonly recorded: boolean;
  readonly answered: Answered;
}

function answeredBy(event: Happened, happened: readonly Happened[]): Found[] {
  if (event.type !== 'answered') return [];
  const request = requestOf(event.id, happened);
  if (!request) return [];
  const { id, by, signed } = request;
  const { at } = event;
  const answered = { id, answer: event.answer as Answer, what: nameOfChoice(request), by };
  return [{ at, recorded: false, answered: { ...answered, ...until(at, signed) } }];
}

function recordedBy(event: Happened): Found[] {
  return exportedBy(event).flatMap(({ type, at, by, signed, evidence = {} }) => {
    const { id, decision, rollout, accepted, answer: reason } = evidence;
    // One of an older build has no such facts: only that it was decided is known.
    if (type !== 'decision' || typeof id !== 'string') return [];
    if (typeof decision !== 'string' || typeof reason !== 'string') return [];
    const what = typeof rollout === 'string' ? nameOfChoice({ type: 'take-over', rollout }) : decision;
    const answer = { accepted: accepted === true, reason };
    const answered = { id, answer, what, ...(by !== undefined && { by }), ...until(at, signed) };
    return [{ at, recorded: true, answered }];
  });
}

/** History does not say until when what was signed counts: it is kept for as long as anything may. */
function until(at: number, signed: string | undefined): Pick<Answered, 'until'> {
  return signed === undefined ? {} : { until: at + longestValid };
}
