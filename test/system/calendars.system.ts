import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Window } from '../../src/engine/state/values.js';

const run = promisify(execFile);
const program = new URL('window-now.mjs', import.meta.url).pathname;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calendars-'));
  file = join(folder, 'nights.ics');
  const event = [
    'BEGIN:VEVENT',
    'UID:night',
    'SUMMARY:night',
    // Every night from half past one to half past three, as the clock on the wall of Zurich shows it.
    'DTSTART;TZID=Europe/Zurich:20260101T013000',
    'DTEND;TZID=Europe/Zurich:20260101T033000',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
  ];
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...event, 'END:VCALENDAR', ''];
  await writeFile(file, calendar.join('\r\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the calendar says in a process whose clock and machine's zone are others; each of them says what time it has. */
async function windowAt(moment: string, zone: string): Promise<Window & { readonly now: string }> {
  const clock = moment.replace('T', ' ').replace('Z', '');
  // The clock is given in UTC, and the zone of the machine only to the program.
  const args = [clock, 'env', `TZ=${zone}`, process.execPath, program, file];
  const env = { ...process.env, TZ: 'UTC', FAKETIME_NO_CACHE: '1' };
  const { stdout } = await run('faketime', args, { env });
  return JSON.parse(stdout.trim()) as Window & { readonly now: string };
}

/** Machines stand anywhere: what the calendar says must not depend on it. */
const machines = ['UTC', 'Europe/Zurich', 'America/New_York', 'Pacific/Auckland'];

describe.each(machines)('a calendar of Zurich on a machine in %s', (zone) => {
  it.each([
    // The clock goes from two to three: by it the night is over after one hour, by time elapsed after two. The later counts.
    ['2026-03-29T00:29:00Z', { open: true, until: '2026-03-29T00:30:00.000Z' }],
    ['2026-03-29T00:31:00Z', { open: false, until: '2026-03-29T02:30:00.000Z' }],
    ['2026-03-29T02:29:00Z', { open: false, until: '2026-03-29T02:30:00.000Z' }],
    ['2026-03-29T02:31:00Z', { open: true, until: '2026-03-29T23:30:00.000Z' }],
    // The clock goes from three back to two: by it the night has three hours.
    ['2026-10-24T23:29:00Z', { open: true, until: '2026-10-24T23:30:00.000Z' }],
    ['2026-10-24T23:31:00Z', { open: false, until: '2026-10-25T02:30:00.000Z' }],
    ['2026-10-25T01:31:00Z', { open: false, until: '2026-10-25T02:30:00.000Z' }],
    ['2026-10-25T02:29:00Z', { open: false, until: '2026-10-25T02:30:00.000Z' }],
    ['2026-10-25T02:31:00Z', { open: true, until: '2026-10-26T00:30:00.000Z' }],
  ])('says at %s what the clock on the wall says', async (moment, said) => {
    const window = await windowAt(moment, zone);
    // The clock was another indeed.
    expect(window.now.slice(0, 16)).toBe(moment.slice(0, 16));
    expect(window).toMatchObject(said);
  });
});
