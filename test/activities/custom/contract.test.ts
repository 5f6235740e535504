import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAdapter } from '../../../activities/custom/index.js';
import queue from '../../../demo/queue/adapter.js';
import { openQueueService } from '../../../demo/queue/service.js';
import { resize } from '../../../runbooks/resize-consumers.js';
import type { Undo } from '../../../src/engine/plan.js';
import { act } from '../../../src/steps/act.js';
import { adapterContract, type ContractStage } from '../../../src/testing/index.js';

async function stage(undo: Undo): Promise<ContractStage> {
  const service = await openQueueService({ orders: 4 });
  const directory = await mkdtemp(join(tmpdir(), 'switchback-test-'));
  return {
    adapter: openAdapter(queue, { settings: { url: service.url }, directory }),
    act: act('resize', {
      why: 'test',
      verify: 'test',
      target: 'queue:orders',
      do: resize({ consumers: 8 }),
      undo,
    }),
    observe: () => Promise.resolve(service.consumers('orders')),
    async close() {
      await service.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

adapterContract('queue', {
  acts: {
    'resize, restored': () => stage({ type: 'restore' }),
    'resize, undone by resizing': () => stage({ type: 'act', do: resize({ consumers: 4 }) }),
  },
});
