import ICAL from 'ical.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { utc, type WallTime, type Zone } from './wall-time.js';
import type { Zones } from './zones.js';

/** In which zones the times of a calendar are read. */
export interface Clocks {
  readonly zones: Zones;
  /** Of days without a time: in the zone that the environment names. */
  readonly days: Zone;
}

/**
 * The zone of a property's times.
 *
 * @throws Refusal for a time in no zone: it would be another moment for everybody who reads it
 */
export function zoneOf(property: ICAL.Property, clocks: Clocks): Zone {
  const [value] = property.getValues() as unknown[];
  const name = property.getParameter('tzid');
  if (typeof name === 'string') return clocks.zones(name);
  const time = value instanceof ICAL.Period ? value.start : value;
  if (!(time instanceof ICAL.Time)) throw unread(property, 'is no time');
  if (time.isDate) return clocks.days;
  if (time.zone === ICAL.Timezone.utcTimezone) return utc;
  throw unread(property, 'is in no time zone');
}

/** The times of a property, each as the clock of its zone shows it. */
export function timesIn(property: ICAL.Property): readonly ICAL.Time[] {
  return (property.getValues() as unknown[]).map((value) => {
    if (value instanceof ICAL.Time) return value;
    if (value instanceof ICAL.Period) return value.start;
    throw unread(property, 'is no time');
  });
}

export function wallTime({ year, month, day, hour, minute, second, isDate }: ICAL.Time): WallTime {
  return isDate
    ? { year, month, day, hour: 0, minute: 0, second: 0 }
    : { year, month, day, hour, minute, second };
}

/** What in a calendar cannot be read. */
export function unread(property: ICAL.Property, rule: string): Refusal {
  const event =
    property.parent?.getFirstPropertyValue('summary') ?? property.parent?.getFirstPropertyValue('uid');
  const value = String(property.getFirstValue()).slice(0, 60);
  const thing = `${property.name.toUpperCase()} ${value} of "${String(event ?? 'an event').slice(0, 60)}"`;
  return new Refusal(thing, rule, 'write it with TZID, in UTC with a Z at its end, or as a day (VALUE=DATE)');
}
