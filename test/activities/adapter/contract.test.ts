import { openAdapter } from '../../../activities/adapter/index.js';
import queue from '../../../demo/queue/adapter.js';
import { openQueueService } from '../../../demo/queue/service.js';
import { resize } from '../../../runbooks/resize-consumers.js';
import type { Undo } from '../../../src/engine/plan/plan.js';
import { act } from '../../../src/steps/act.js';
import { freshRecords } from '../../support/records.js';
import { adapterContract, type ContractStage } from '../../../src/testing/index.js';

async function stage(undo: Undo): Promise<ContractStage> {
  const service = await openQueueService({ orders: 4 });
  const records = await freshRecords();
  return {
    adapter: openAdapter(queue, { settings: { url: service.url }, books: records.books }),
    act: act('resize', {
      why: 'test',
      verify: 'test',
      target: 'queue:orders',
      do: resize({ consumers: 8 }),
      undo,
    }),
    observe: () => Promise.resolve(service.consumers('orders')),
    async lower() {
      const body = JSON.stringify({ consumers: 2 });
      await fetch(`${service.url}/queues/orders`, { method: 'PUT', body });
    },
    async close() {
      await service.close();
      await records.close();
    },
  };
}

adapterContract('queue', {
  acts: {
    'resize, restored': () => stage({ type: 'restore' }),
    'resize, undone by resizing': () => stage({ type: 'act', do: resize({ consumers: 4 }) }),
  },
});
