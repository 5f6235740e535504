import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * Tests that need Debian's packages, which `.ci/run` installs: the PostgreSQL adapter's whole suite against the
 * oldest server it has to work with there, and what stands in test/system.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/activities/postgres/**/*.test.ts', 'test/system/**/*.system.ts'],
    globalSetup: ['test/system/debian-postgres.ts'],
  },
});
