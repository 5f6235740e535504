import { defineConfig } from 'vitest/config';
import { common as base } from './vitest.common.js';

/** Records the histories that test/replay replays, on real servers. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/replay/record.histories.ts'],
    globalSetup: [...base.test.globalSetup, 'test/support/global-setup.ts'],
    maxConcurrency: 2,
    // On a busy machine a rollout may meet another fate than the one to be recorded.
    retry: 2,
  },
});
