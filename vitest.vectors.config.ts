import { mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Tests that hold our decisions against cases that other systems publish, read in place. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], globalSetup: [] } },
  { test: { include: ['test/vectors/**/*.vectors.ts'] } },
);
