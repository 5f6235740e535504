import ICAL from 'ical.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { zoneNamed, type Zone } from './wall-time.js';

/** Finds the zone of a name that stands in a calendar. */
export type Zones = (name: string) => Zone;

/**
 * The zones of a calendar. A name that everybody knows means what everybody knows by it, with the newest rules; any other
 * is what the calendar itself says of it (VTIMEZONE).
 *
 * @throws Refusal for a name of which neither is known
 */
export function zonesOf(calendar: ICAL.Component): Zones {
  const own = new Map(calendar.getAllSubcomponents('vtimezone').map((one) => [idOf(one), zoneIn(one)]));
  const known = new Map<string, Zone | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, zoneNamed(name) ?? own.get(name));
    const zone = known.get(name);
    if (zone) return zone;
    throw new Refusal(
      `time zone ${name}`,
      'is unknown',
      'name one such as Europe/Zurich, or define it in the file',
    );
  };
}

function idOf(component: ICAL.Component): string {
  return String(component.getFirstPropertyValue('tzid') ?? '');
}

function zoneIn(component: ICAL.Component): Zone {
  const zone = new ICAL.Timezone({ component, tzid: idOf(component) });
  return (time) => {
    const { year, month, day, hour, minute, second } = time;
    const shown = new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, zone);
    return Date.UTC(year, month - 1, day, hour, minute, second) - zone.utcOffset(shown) * 1_000;
  };
}
