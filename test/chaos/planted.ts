import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import pg from 'pg';
import { environmentOf, readConfiguration, reveal } from '../../apps/config/config.js';
import { aboutsOf } from './about.js';

/**
 * A defect on purpose: each attempt to add columns also writes a row, under no key. An undisturbed run has one such
 * row, a run that was killed after the effect has two.
 */
export function planted(config: string, environment: string): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const result = await next(input);
        if (info.activityType === 'apply' && aboutsOf(input.args[0])[0]?.startsWith('add-columns/')) {
          await insertOrder(config, environment);
        }
        return result;
      },
    },
  });
}

async function insertOrder(config: string, environment: string): Promise<void> {
  const { shop } = environmentOf(await readConfiguration(config), environment).databases;
  const client = new pg.Client({ connectionString: reveal(shop?.url ?? '') });
  await client.connect();
  try {
    await client.query(
      `insert into shop.orders (customer_id, total_cents, placed_at) values (1, 1, 'epoch')`,
    );
  } finally {
    await client.end();
  }
}
