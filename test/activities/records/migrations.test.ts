import { expect, it, onTestFinished } from 'vitest';
import { openPool, placeOf } from '../../../activities/records/database.js';
import { examineRecords, migrateRecords } from '../../../activities/records/migrations/migrate.js';
import { openRecords } from '../../../activities/records/records.js';
import { query } from '../../support/query.js';
import { freshDatabase } from '../../support/servers.js';

const owner = { environment: 'staging', kind: 'local' } as const;

async function given(): Promise<string> {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  return url;
}

it('brings an empty database to the schema once, whoever comes at once, and gives all one mark', async () => {
  const url = await given();
  expect(await examineRecords(url)).toEqual({
    missing: [
      'records',
      'admissions',
      'notices',
      'slack',
      'drills',
      'drills-seen-red',
      'drill-scratch',
      'slack-troubles',
    ],
  });
  const done = await Promise.all(Array.from({ length: 6 }, () => migrateRecords(url, owner)));
  expect(done.flatMap(({ applied }) => applied)).toEqual([
    'records',
    'admissions',
    'notices',
    'slack',
    'drills',
    'drills-seen-red',
    'drill-scratch',
    'slack-troubles',
  ]);
  expect(new Set(done.map(({ mark }) => mark)).size).toBe(1);
  expect(await examineRecords(url)).toEqual({ missing: [] });
});

it('leaves a newer schema as it is: an older build goes on beside the newer one', async () => {
  const url = await given();
  await migrateRecords(url, owner);
  await query(
    url,
    `INSERT INTO switchback.records_migrations (number, name) VALUES (999, 'from the future')`,
  );
  await query(url, 'ALTER TABLE switchback.captures ADD COLUMN more text');
  expect(await migrateRecords(url, owner)).toMatchObject({ applied: [] });
  const records = openRecords(url);
  const capture = { target: 'flag:a', at: 1, state: {} } as const;
  await records.captures.putIfAbsent('r', 'flag:a', capture);
  expect(await records.captures.list('r')).toEqual([capture]);
  await records.close();
});

it('stands beside what the adapter of a target keeps in the same schema', async () => {
  const url = await given();
  await query(url, 'CREATE SCHEMA switchback');
  await query(url, 'CREATE TABLE switchback.environment (name text NOT NULL)');
  expect(await migrateRecords(url, owner)).toMatchObject({
    applied: [
      'records',
      'admissions',
      'notices',
      'slack',
      'drills',
      'drills-seen-red',
      'drill-scratch',
      'slack-troubles',
    ],
  });
});

it('refuses the records of another environment, and of another kind', async () => {
  const url = await given();
  await migrateRecords(url, owner);
  await expect(migrateRecords(url, { ...owner, environment: 'production' })).rejects.toThrow(
    `records at ${placeOf(url)}: belong to environment staging, not to production; give each environment`,
  );
  await expect(migrateRecords(url, { ...owner, kind: 'shared' })).rejects.toThrow(
    /were marked by staging when it was local, and now it says shared; correct "kind"/,
  );
});

it('refuses a url that is none, and shows no password', () => {
  expect(() => openPool('not a url at all:', 1)).toThrow(
    /have a url that is none of PostgreSQL; write postgres:/,
  );
  expect(placeOf('postgres://me:secret@db.example:5433/kept')).toBe('db.example:5433/kept');
});
