import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { windowOf } from '../../../activities/calendar/calendars.js';

const at = (text: string) => Date.parse(text);
let folder: string;
const file = (name: string) => join(folder, name);
const event = (uid: string, start: string, end: string) =>
  `BEGIN:VEVENT\r\nUID:${uid}\r\nSUMMARY:${uid}\r\nDTSTART;VALUE=DATE:${start}\r\nDTEND;VALUE=DATE:${end}\r\nEND:VEVENT\r\n`;
const calendar = (...events: string[]) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events.join('')}END:VCALENDAR\r\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calendars-'));
  await writeFile(
    file('year.ics'),
    calendar(event('end of the year', '20261223', '20270101'), event('inventory', '20270101', '20270103')),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const freeze = (runbooks = '*') => ({ freeze: { file: file('year.ics'), zone: 'Europe/Zurich', runbooks } });

it('lets a runbook start until the next freeze begins', async () => {
  expect(await windowOf(freeze(), 'split', at('2026-12-01T00:00:00Z'))).toEqual({
    open: true,
    until: at('2026-12-22T23:00:00Z'),
  });
});

it('holds in a freeze, up to the end of what follows without a gap', async () => {
  expect(await windowOf(freeze(), 'split', at('2026-12-22T23:00:00Z'))).toEqual({
    open: false,
    reason: 'calendar freeze: end of the year',
    until: at('2027-01-02T23:00:00Z'),
  });
  expect(await windowOf(freeze(), 'split', at('2027-01-02T23:00:00Z'))).toEqual({ open: true });
});

it('holds only the runbooks that it names', async () => {
  const during = at('2026-12-24T00:00:00Z');
  expect(await windowOf(freeze('split-*'), 'other', during)).toEqual({ open: true });
  expect(await windowOf(freeze('split-*'), 'split-name', during)).toMatchObject({ open: false });
});

it('holds when one of the calendars cannot be read, and says which and why', async () => {
  const both = { ...freeze(), gone: { file: file('gone.ics'), zone: 'Europe/Zurich', runbooks: '*' } };
  expect(await windowOf(both, 'split', at('2026-12-01T00:00:00Z'))).toMatchObject({
    open: false,
    unreadable: true,
    reason: expect.stringMatching(/^calendar gone cannot be read .*ENOENT/) as string,
  });
});
