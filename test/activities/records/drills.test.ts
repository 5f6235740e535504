import { afterAll, beforeAll, expect, it } from 'vitest';
import { failurePointsOf } from '../../../src/drill/points.js';
import { sealed, type DrillRecord } from '../../../src/drill/record.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { query } from '../../support/query.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';

let records: FreshRecords;

beforeAll(async () => {
  records = await freshRecords('drills', 'drill');
});
afterAll(() => records.close());

function record(runbook: string, endedAt: number): DrillRecord {
  return sealed({
    format: 1,
    drill: `drill/drills/${runbook}/1`,
    runbook,
    digest: 'a'.repeat(64),
    reversibleDigest: 'b'.repeat(64),
    build: 'build-1',
    environment: 'drills',
    startedBy: 'ana',
    startedAt: endedAt - 1,
    endedAt,
    expiresAt: endedAt + 1,
    timeScale: 1,
    points: [],
    pointsToCover: 1,
    coverage: 0,
    timeToRestore: {},
    rowsCompared: 0,
    rowsLost: 0,
    pastReturn: 0,
    notSimulated: [],
  });
}

it('keeps each record once, and lists those of a runbook, the newest first', async () => {
  const [older, newer, other] = [record('split', 10), record('split', 20), record('other', 30)];
  for (const one of [older, newer, other, older]) await records.drills.keep(one);
  expect(await records.drills.list('split')).toEqual([newer, older]);
  expect(await records.drills.list()).toEqual([other, newer, older]);
});

it('remembers when the drill of a runbook was last seen red', async () => {
  const { drills } = records;
  expect(await drills.lastSeenRed('split')).toBeUndefined();
  for (const at of [100, 1_800_000_000_000, 200]) await drills.sawRed('split', at);
  expect(await drills.lastSeenRed('split')).toBe(1_800_000_000_000);
  expect(await drills.lastSeenRed('other')).toBeUndefined();
});

it('refuses a record that somebody edited', async () => {
  const honest = record('edited', 40);
  await records.drills.keep(honest);
  const better = JSON.stringify({ ...honest, coverage: 1 });
  await query(records.url, 'UPDATE switchback.drills SET record = $1 WHERE hash = $2', [better, honest.hash]);
  await expect(records.drills.list('edited')).rejects.toThrow(/it was changed after it was written/);
  await query(records.url, 'DELETE FROM switchback.drills WHERE hash = $1', [honest.hash]);
});

it('knows one drill at a time that is under way', async () => {
  const { drills } = records;
  expect(await drills.take('drill/1', 'run 1')).toEqual({ drill: 'drill/1', run: 'run 1' });
  expect(await drills.take('drill/2', 'run 2')).toEqual({ drill: 'drill/1', run: 'run 1' });
  expect(await drills.takeOver('drill/2', 'run 2', 'run 1')).toEqual({ drill: 'drill/2', run: 'run 2' });
  expect(await drills.take('drill/1', 'run 1')).toEqual({ drill: 'drill/2', run: 'run 2' });
  // Another that had found the first one over, too.
  expect(await drills.takeOver('drill/3', 'run 3', 'run 1')).toEqual({ drill: 'drill/2', run: 'run 2' });
  // The first one, that still comes to its end.
  await drills.leave('run 1');
  expect(await drills.underWay()).toBe('run 2');
  await drills.leave('run 2');
  expect(await drills.underWay()).toBeUndefined();
  expect(await drills.take('drill/1', 'run 1')).toEqual({ drill: 'drill/1', run: 'run 1' });
  await drills.leave('run 1');
});

it('knows what drills have made until it was thrown away', async () => {
  const { scratch } = records.drills;
  expect(await scratch.has('file a')).toBe(false);
  for (const thing of ['file a', 'file a', 'file b']) await scratch.add(thing);
  await scratch.remove('file b');
  expect([await scratch.has('file a'), await scratch.has('file b')]).toEqual([true, false]);
});

it('remembers where a rollout is to fail, how that stands, and what was written beside it', async () => {
  const { drills } = records;
  const [point] = failurePointsOf(splitCustomerName.evaluate({}));
  await drills.plan('r', point!, { seen: 1 });
  // The same again, by the next worker: what was seen first stays.
  await drills.plan('r', point!, { seen: 2 });
  expect(await drills.planned('r')).toEqual({ point, before: { seen: 1 }, crashed: false });
  expect(await drills.planned('other')).toBeUndefined();
  await drills.crashed('r');
  expect(await drills.planned('r')).toMatchObject({ crashed: true });
  expect(await drills.isBreached()).toBe(false);
  await drills.breach('r', true);
  expect(await drills.isBreached()).toBe(true);
  await drills.breach('r', false);
  expect(await drills.isBreached()).toBe(false);
  const write = { place: 'shop.customer.full_name', key: '7', value: 'Ada' };
  for (const number of [1, 2, 3]) await drills.intend('r', { number, ...write });
  await drills.acknowledge('r', 1);
  await drills.forget('r', 2);
  expect(await drills.writes('r')).toEqual([
    { number: 1, ...write, acknowledged: true },
    { number: 3, ...write, acknowledged: false },
  ]);
  await drills.forgetPoints();
  expect(await drills.planned('r')).toBeUndefined();
  expect(await drills.writes('r')).toEqual([]);
});
