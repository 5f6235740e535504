import type { JournalEvent } from '../../src/engine/state/journal.js';
import { isVolatile } from './normal.js';

interface Input {
  readonly act?: { readonly id: string };
  readonly acts?: readonly { readonly target: string }[];
  readonly request?: { readonly id: string };
  readonly events?: readonly JournalEvent[];
  readonly subscription?: { readonly percent: number };
  readonly percent?: number;
}

/**
 * What a call of an activity is about, from its input: the same in every run of a scenario. An export is about each of
 * its events, for how they are cut into batches is a matter of time; about none when all of them are.
 */
export function aboutsOf(input: unknown): readonly string[] {
  const { act, acts, request, events, subscription, percent } = (input ?? {}) as Input;
  if (act) return [act.id];
  if (acts?.[0]) return [acts[0].target];
  if (request) return [request.id];
  if (events) return events.filter((event) => !isVolatile(event)).map(nameOfEvent);
  const watched = subscription?.percent ?? percent;
  return [watched === undefined ? '' : `${watched} %`];
}

function nameOfEvent({ type, step, phase }: JournalEvent): string {
  return [type, step ?? phase].filter(Boolean).join(' ');
}
