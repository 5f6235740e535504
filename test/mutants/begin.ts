import type { LocalTargets } from '../../apps/testing/local/options.js';
import queue from '../../demo/queue/adapter.js';
import { openQueueService } from '../../demo/queue/service.js';
import { initialFlags } from '../../demo/shop/initial-flags.js';
import { createShop } from '../../demo/shop/schema.js';

/** The demo's shop, small, with customers of both versions who write during a rollout. */
const shop: LocalTargets = {
  databases: {
    shop: {
      begin: (url) => createShop(url, { customers: 200 }),
      searchPath: 'shop,public',
      writes: [
        `UPDATE customer SET full_name = 'Grace Hopper', region = 'west' WHERE id = 1`,
        `INSERT INTO customer (full_name, email, region, created_at)
           VALUES ('Jan van Dijk', 'jan@example.test', 'north', '2026-01-01')`,
        `DELETE FROM orders WHERE customer_id = 3; DELETE FROM customer WHERE id = 3`,
        {
          // A given name of two words: the old shape cannot say where it ends.
          candidate: `UPDATE customer SET first_name = 'Mary Ann', last_name = 'Smith' WHERE id = 4`,
          baseline: `UPDATE customer SET full_name = 'Mary Ann Smith' WHERE id = 4`,
        },
        {
          candidate: `INSERT INTO customer (first_name, last_name, email, region, created_at)
             VALUES ('Alan', 'Turing', 'alan@example.test', 'east', '2026-01-01')`,
          baseline: `INSERT INTO customer (full_name, email, region, created_at)
             VALUES ('Alan Turing', 'alan@example.test', 'east', '2026-01-01')`,
        },
      ],
    },
  },
  flags: { flags: initialFlags },
};

/** A queue of its own for each point. */
const queues: LocalTargets = {
  systems: [
    {
      adapter: queue,
      async begin() {
        const service = await openQueueService({ orders: 4 });
        return {
          settings: { url: service.url },
          look: async () => ({ consumers: service.consumers('orders') ?? null }),
          end: () => service.close(),
        };
      },
    },
  ],
};

/** How what a runbook of ours acts on begins, by the runbook's name. */
export const beginnings: Readonly<Record<string, LocalTargets>> = {
  'split-customer-name': shop,
  'resize-consumers': queues,
};
