import { defineConfig } from 'vitest/config';
import { deep, servers } from './test/projects.js';
import { common } from './vitest.common.js';

/** `npm test`: the pure tests, and those that need servers, which are started for these alone. */
export default defineConfig({
  ...common,
  test: {
    ...common.test,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...servers, ...deep],
          // One process for many files: what a file changes of it, it puts back.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: [...servers],
          exclude: [...deep],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
