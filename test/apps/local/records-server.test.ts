import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPostgres } from '../../../apps/local/postgres-server.js';
import { removePostgres } from '../../../apps/local/postgres-place.js';
import { useRecordsServer } from '../../../apps/local/records-server.js';
import { query } from '../../support/query.js';
import { scratchDirectory } from './scratch.js';

test('a directory of records is served as long as somebody uses it, and keeps what it has', async () => {
  const directory = await scratchDirectory();
  const home = join(directory, 'postgres');
  onTestFinished(async () => {
    await (await findPostgres(home, 'postgres'))?.stop();
    await removePostgres(home);
  });

  const [first, second] = await Promise.all([
    useRecordsServer(directory, 'local'),
    useRecordsServer(directory, 'local'),
  ]);
  expect(second.url).toBe(first.url);
  await query(first.url, 'CREATE TABLE kept ()');
  await first.release();
  expect(await query(second.url, `SELECT to_regclass('kept') AS kept`)).toEqual([{ kept: 'kept' }]);
  const other = await useRecordsServer(directory, 'another');
  expect(new URL(other.url).port).toBe(new URL(second.url).port);
  expect(await query(other.url, `SELECT to_regclass('kept') AS kept`)).toEqual([{ kept: null }]);
  await Promise.all([second.release(), other.release()]);
  expect(await findPostgres(home, 'local')).toBeUndefined();

  const later = await useRecordsServer(directory, 'local');
  expect(await query(later.url, `SELECT to_regclass('kept') AS kept`)).toEqual([{ kept: 'kept' }]);
  await later.release();
  expect((await readdir(join(directory, 'users'))).filter((name) => !name.startsWith('.'))).toEqual([]);
});
