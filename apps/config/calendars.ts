import { z } from 'zod';
import { members, nonEmpty } from './settings.js';

/** Only names: an offset would be wrong in half of the year. */
const zone = z.string().refine(isZone, 'it is no time zone; write a name such as Europe/Zurich');

/** Calendars of times in which nothing starts and nothing is raised, by name. */
export const calendars = z.record(
  nonEmpty,
  members({
    /** In iCalendar format; relative to the configuration file. */
    file: nonEmpty,
    /** In which all-day events are read. */
    zone,
    /** Names of runbooks, with `*` for any text. */
    runbooks: nonEmpty.default('*'),
  }),
);

function isZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
