import { defineConfig } from 'vitest/config';

/** For the adapters that have to fail: contract.test.ts runs them. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/testing/*.vitest.ts'] },
});
