import { Connection } from '@temporalio/client';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { searchAttributes } from '../../../activities/temporal/search-attributes.js';
import { freshDatabase } from '../../support/servers.js';

test('the Temporal server of the run knows the search attributes', async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes ?? {})).toEqual(
      expect.arrayContaining(Object.keys(searchAttributes)),
    );
  } finally {
    await connection.close();
  }
});

test('every fresh database is empty and its own, and goes although someone is connected', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  const client = new pg.Client({ connectionString: one.url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('CREATE TABLE customer ()');
    const second = new pg.Client({ connectionString: other.url });
    await second.connect();
    const { rows } = await second.query(`SELECT to_regclass('customer') AS found`);
    await second.end();
    expect(rows).toEqual([{ found: null }]);
  } finally {
    await one.drop();
    await other.drop();
  }
  await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow(/does not exist/);
});
