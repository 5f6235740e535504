import { readFile, rename, writeFile } from 'node:fs/promises';
import type { ShopDatabase } from './database.js';
import type { FlagFile } from './storefront.js';

/**
 * Somebody who does not know of the rollout gives `split-name` this percent, and puts the new file in the place of the
 * old as most editors do. What is read while one writes in place is test/activities/flags/torn.test.ts's.
 */
export async function setFlagByHand(file: string, percent: number): Promise<void> {
  const document = JSON.parse(await readFile(file, 'utf8')) as FlagFile;
  const bucketBy = { cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] };
  document.flags['split-name']!.targeting = {
    fractional: [bucketBy, ['on', percent], ['off', 100 - percent]],
  };
  await writeFile(`${file}.edited`, `${JSON.stringify(document, null, 2)}\n`);
  await rename(`${file}.edited`, file);
}

/** Holds a lock on the customers, in a transaction that stays open for as long as `body` takes. */
export async function whileLocked(
  database: ShopDatabase,
  mode: 'access share' | 'share row exclusive',
  body: () => Promise<void>,
): Promise<void> {
  const stranger = await database.connect();
  try {
    await stranger.query('begin');
    await stranger.query(`lock table shop.customer in ${mode} mode`);
    await body();
  } finally {
    await stranger.query('rollback');
    stranger.release();
  }
}
