import { defineConfig } from 'vitest/config';
import { alone, long, onEachServer, properties } from './test/projects.js';
import { common } from './vitest.common.js';

const servers = ['test/support/global-setup.ts'];

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
          globalSetup: servers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [...alone],
          globalSetup: servers,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
