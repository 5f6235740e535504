import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Records the histories that test/replay replays, on real servers. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/replay/record.histories.ts'],
    maxConcurrency: 2,
    // On a busy machine a rollout may meet another fate than the one to be recorded.
    retry: 2,
  },
});
