import { defineConfig } from 'vitest/config';
import { common as base } from './vitest.common.js';

/** Tests that hold our decisions against cases that other systems publish, read in place. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/vectors/**/*.vectors.ts'] },
});
