import { defineConfig } from 'vitest/config';
import { alone, long, onEachServer, properties } from './test/projects.js';
import { common } from './vitest.common.js';

const servers = {
  globalSetup: ['test/support/global-setup.ts'],
  // A fault to find, which need not stop a release (CONTRIBUTING.md).
  retry: 1,
  setupFiles: ['test/support/second-try.ts'],
};

/** `npm run test:deep`: what takes too long for each commit, and properties with all their cases. */
export default defineConfig({
  ...common,
  test: {
    ...common.test,
    provide: { deep: true },
    projects: [
      {
        extends: true,
        test: { name: 'properties', include: [...properties], isolate: false, maxWorkers: 2 },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: [...long, ...onEachServer, 'test/deep/**/*.deep.ts'],
          ...servers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [...alone],
          ...servers,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
