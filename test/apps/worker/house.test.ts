import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { houseActivities, withHouse } from '../../../apps/worker/house.js';
import { grant, sharedWith } from './given.js';

const gate = { step: 'approve/go', by: ['team', 'sre'], quorum: 2, fourEyes: true } as const;
const shared = sharedWith([grant('approve', 'split-*', ['team', 'sre'])]);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'house-'));
  const event = 'BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:year end\r\nDTSTART;VALUE=DATE:20261223\r\nEND:VEVENT\r\n';
  await writeFile(join(folder, 'freeze.ics'), `BEGIN:VCALENDAR\r\n${event}END:VCALENDAR\r\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const house = (environment: typeof shared) =>
  houseActivities(() => Promise.resolve(environment), join(folder, 'switchback.config.json'));

it('says who could open a gate: people of its groups who may approve and did not start it', async () => {
  const { able } = house(shared);
  const asked = { gates: [gate], runbook: 'split-name', startedBy: 'cleo' };
  expect(await able(asked)).toEqual({ 'approve/go': ['ana', 'ben'] });
  expect(await able({ ...asked, startedBy: 'deployer' })).toEqual({ 'approve/go': ['ben'] });
  expect(await able({ ...asked, runbook: 'other' })).toEqual({ 'approve/go': [] });
  expect(await able({ ...asked, fromFile: true })).toEqual({ 'approve/go': [] });
});

it('counts everybody of the groups where people are only names', async () => {
  const local = { ...shared, kind: 'local' as const, people: { ana: ['team'], carl: ['sre'], dan: [] } };
  const asked = { gates: [gate], runbook: 'split-name', startedBy: 'carl' };
  expect(await house(local).able(asked)).toEqual({ 'approve/go': ['ana'] });
});

it('reads calendars beside the configuration', async () => {
  const calendars = { freeze: { file: 'freeze.ics', zone: 'Europe/Zurich', runbooks: '*' } };
  const at = Date.parse('2026-12-23T12:00:00Z');
  const { window } = house({ ...shared, calendars });
  expect(await window({ runbook: 'split-name', at })).toEqual({
    open: false,
    reason: 'calendar freeze: year end',
    until: Date.parse('2026-12-23T23:00:00Z'),
  });
  expect(await house(shared).window({ runbook: 'split-name', at })).toEqual({ open: true });
});

it('tells a rollout what holds in its environment, and nothing where nothing does', async () => {
  const calendars = { freeze: { file: 'freeze.ics', zone: 'Europe/Zurich', runbooks: '*' } };
  const found = Promise.resolve({ evidence: {} });
  expect(await withHouse({ ...shared, kind: 'local' }, found)).toEqual({ evidence: {} });
  expect(await withHouse({ ...shared, calendars }, found)).toEqual({
    evidence: {},
    house: { shared: true, calendars: true },
  });
});
