import ICAL from 'ical.js';
import { timesIn, unread, wallTime, zoneOf, type Clocks } from './moments.js';
import type { Span } from './spans.js';
import { utc, type Zone } from './wall-time.js';

/** Between which moments occurrences are wanted, in Unix ms. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A rule that gives more than this is no freeze that anybody meant, and takes too long to read. */
const mostOccurrences = 50_000;
/** Milliseconds: no clock is further from UTC, and no change of one longer. */
const anyOffset = 3 * 86_400_000;

/** Reads the occurrences of one event (RFC 5545): those of its rules and dates, without those that are taken out. */
export class EventReader {
  readonly #start: ICAL.Property;
  readonly #zone: Zone;

  readonly #event: ICAL.Component;
  readonly #clocks: Clocks;

  constructor(event: ICAL.Component, clocks: Clocks) {
    this.#event = event;
    this.#clocks = clocks;
    const start = event.getFirstProperty('dtstart');
    if (!start) throw unread(new ICAL.Property('dtstart', event), 'is missing');
    this.#start = start;
    this.#zone = zoneOf(start, clocks);
  }

  /** @param replaced occurrences that stand in the calendar as events of their own, by the moment they were to begin */
  spans(range: Range, replaced: ReadonlySet<number>): Span[] {
    const excluded = this.#excluded();
    const name = String(this.#event.getFirstPropertyValue('summary') ?? 'no name').slice(0, 120);
    const spans = new Map<number, Span>();
    for (const { time, zone } of this.#starts(range)) {
      const from = zone(wallTime(time));
      if (from >= range.to || replaced.has(from) || excluded(time, from)) continue;
      const to = this.#end(time, zone, from);
      if (to > from && to > range.from) spans.set(from, { from, to, name });
    }
    return [...spans.values()];
  }

  /** The moment that an event which replaces an occurrence says it replaces. */
  replaces(): number | undefined {
    const property = this.#event.getFirstProperty('recurrence-id');
    if (!property) return undefined;
    if (property.getParameter('range') !== undefined) throw unread(property, 'replaces all that follow, too');
    const [time] = timesIn(property);
    return time && zoneOf(property, this.#clocks)(wallTime(time));
  }

  *#starts(range: Range): Generator<{ readonly time: ICAL.Time; readonly zone: Zone }> {
    const [first] = timesIn(this.#start);
    if (!first) return;
    const zone = this.#zone;
    yield { time: first, zone };
    for (const property of this.#event.getAllProperties('rdate')) {
      const own = zoneOf(property, this.#clocks);
      for (const time of timesIn(property)) yield { time, zone: own };
    }
    for (const property of this.#event.getAllProperties('rrule')) {
      for (const time of this.#repeated(property, first, range)) yield { time, zone };
    }
    const [exrule] = this.#event.getAllProperties('exrule');
    if (exrule) throw unread(exrule, 'takes occurrences out by a rule, which nobody does any more');
  }

  /** The end of a rule is compared here: as a moment, whatever zone it is written in. */
  *#repeated(property: ICAL.Property, first: ICAL.Time, range: Range): Generator<ICAL.Time> {
    const rule = property.getFirstValue();
    if (!(rule instanceof ICAL.Recur)) throw unread(property, 'is no rule');
    const last = this.#last(rule);
    const over = range.from - this.#length(first).elapsed - anyOffset;
    const endless = rule.clone();
    endless.until = null;
    const times = endless.iterator(first);
    let count = 0;
    for (let time = times.next(); time; time = times.next()) {
      if ((count += 1) > mostOccurrences) throw unread(property, 'gives too many occurrences to be read');
      // To find out the moment takes its time: what is over for certain needs none.
      if (utc(wallTime(time)) < over) continue;
      const at = this.#zone(wallTime(time));
      if (at >= range.to || at > last) return;
      yield time.clone();
    }
  }

  #last({ until }: ICAL.Recur): number {
    if (!until) return Infinity;
    // A day counts to its end.
    if (until.isDate) return this.#zone({ ...wallTime(until), hour: 23, minute: 59, second: 59 });
    const isUtc = until.zone === ICAL.Timezone.utcTimezone;
    const { year, month, day, hour, minute, second } = wallTime(until);
    return isUtc ? Date.UTC(year, month - 1, day, hour, minute, second) : this.#zone(wallTime(until));
  }

  #excluded(): (time: ICAL.Time, at: number) => boolean {
    const moments = new Set<number>();
    const days = new Set<string>();
    for (const property of this.#event.getAllProperties('exdate')) {
      for (const time of timesIn(property)) {
        // A day takes out whatever begins on it, by the clock of the event.
        if (time.isDate) days.add(dayOf(time));
        else moments.add(zoneOf(property, this.#clocks)(wallTime(time)));
      }
    }
    return (time, at) => moments.has(at) || days.has(dayOf(time));
  }

  /**
   * An end is as far from the beginning as it is the first time: by the clock or by time elapsed, whichever is later. The
   * two differ when clocks are changed in between, and calendars disagree on it.
   */
  #end(time: ICAL.Time, zone: Zone, from: number): number {
    const { duration, zone: endZone = zone, elapsed } = this.#length(time);
    const byClock = endZone(wallTime(plus(time, duration)));
    return time.isDate ? byClock : Math.max(byClock, from + elapsed);
  }

  #length({ isDate }: ICAL.Time): Length {
    const end = this.#event.getFirstProperty('dtend');
    if (end) return this.#untilEnd(end);
    const property = this.#event.getFirstProperty('duration');
    // A day without an end is that day.
    if (!property && isDate) return { duration: ICAL.Duration.fromSeconds(86_400), elapsed: 86_400_000 };
    const value = property?.getFirstValue();
    if (!(value instanceof ICAL.Duration) || value.toSeconds() <= 0) {
      throw unread(property ?? this.#start, 'takes no time');
    }
    return { duration: value, elapsed: value.toSeconds() * 1_000 };
  }

  #untilEnd(end: ICAL.Property): Length {
    const [first] = timesIn(this.#start);
    const [last] = timesIn(end);
    if (!first || !last || last.isDate !== first.isDate)
      throw unread(end, 'is not of the same kind as DTSTART');
    const zone = zoneOf(end, this.#clocks);
    const elapsed = zone(wallTime(last)) - this.#zone(wallTime(first));
    if (elapsed <= 0) throw unread(end, 'is not after DTSTART');
    return { duration: last.subtractDate(first), zone, elapsed };
  }
}

/** How long an event takes: by the clock of the zone in which its end is written, and in milliseconds. */
interface Length {
  readonly duration: ICAL.Duration;
  readonly zone?: Zone;
  readonly elapsed: number;
}

function plus(time: ICAL.Time, duration: ICAL.Duration): ICAL.Time {
  const sum = time.clone();
  sum.addDuration(duration);
  return sum;
}

function dayOf({ year, month, day }: ICAL.Time): string {
  return `${year}-${month}-${day}`;
}
