// What a calendar says now, by the clock of this process: `node window-now.mjs FILE`. One line of JSON.
import { windowOf } from '../../dist/activities/calendar/calendars.js';

const [file = ''] = process.argv.slice(2);
const now = Date.now();
const calendars = { nights: { file, zone: 'Europe/Zurich', runbooks: '*' } };
const { open, until } = await windowOf(calendars, 'any', now);
const iso = (at) => new Date(at).toISOString();
process.stdout.write(
  `${JSON.stringify({ open, now: iso(now), ...(until !== undefined && { until: iso(until) }) })}\n`,
);
