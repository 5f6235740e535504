import ICAL from 'ical.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Clocks } from './moments.js';
import { EventReader, type Range } from './occurrences.js';
import type { Span } from './spans.js';
import { zoneNamed } from './wall-time.js';
import { zonesOf } from './zones.js';

/**
 * The times in which a calendar says that nothing starts: each occurrence of each of its events, but for cancelled ones.
 *
 * @param zone in which days without a time are read
 * @throws Refusal when any of it cannot be read for certain: a freeze that was overlooked is worse than one too many
 */
export function readCalendar(text: string, zone: string, range: Range): Span[] {
  const calendar = componentIn(text);
  const days = zoneNamed(zone);
  if (!days) throw new Refusal(`time zone ${zone}`, 'is unknown', 'name one such as Europe/Zurich');
  const clocks: Clocks = { zones: zonesOf(calendar), days };
  const events = calendar
    .getAllSubcomponents('vevent')
    .map((event) => ({ event, reader: new EventReader(event, clocks) }));
  const replaced = replacedBy(events);
  return events.flatMap(({ event, reader }) => {
    if (String(event.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED') return [];
    const own = reader.replaces() === undefined ? replaced.get(uidOf(event)) : undefined;
    return reader.spans(range, own ?? new Set());
  });
}

function componentIn(text: string): ICAL.Component {
  const fix = 'write it in iCalendar format (RFC 5545): BEGIN:VCALENDAR';
  let parsed: unknown;
  try {
    parsed = ICAL.parse(text);
  } catch (error) {
    throw new Refusal('the file', error instanceof Error ? error.message : String(error), fix);
  }
  const calendar = Array.isArray(parsed) && parsed[0] === 'vcalendar' ? parsed : undefined;
  if (!calendar) throw new Refusal('the file', 'is no calendar', fix);
  return new ICAL.Component(calendar);
}

/** The moments of occurrences that were changed, by the event they belong to; a cancelled one is taken out so, too. */
function replacedBy(
  events: readonly { readonly event: ICAL.Component; readonly reader: EventReader }[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const all = new Map<string, Set<number>>();
  for (const { event, reader } of events) {
    const at = reader.replaces();
    if (at === undefined) continue;
    const uid = uidOf(event);
    all.set(uid, (all.get(uid) ?? new Set()).add(at));
  }
  return all;
}

function uidOf(event: ICAL.Component): string {
  return String(event.getFirstPropertyValue('uid') ?? '');
}
