import { defineConfig } from 'vitest/config';
import { deep, onEachServer } from './test/projects.js';
import { common } from './vitest.common.js';

/** Files that pause workflows in Temporal, which only the newer server can. */
const pausing = 'test/system/paused*.system.ts';
/** A thousand requests, each of which has to be answered in time: by themselves. */
const requests = 'test/system/schemathesis.system.ts';
/** Long, and about what one server does alone. */
const once = deep.filter((glob) => !onEachServer.includes(glob));

/**
 * What has to work with other servers than those of `npm test`, too: the PostgreSQL adapter's whole suite against the
 * oldest server of Debian's, and what leans on Temporal against a second version of its server. Besides them, what
 * stands in test/system. `.ci/run` installs the packages of Debian's that are needed.
 */
export default defineConfig({
  ...common,
  test: {
    ...common.test,
    // A fault to find, which need not stop a release (CONTRIBUTING.md).
    retry: 1,
    setupFiles: [...common.test.setupFiles, 'test/support/second-try.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'system',
          include: [
            'test/activities/postgres/**/*.test.ts',
            'test/activities/{locks,sentinel}/**/*.test.ts',
            'test/{integration,workflows}/**/*.test.ts',
            'test/system/**/*.system.ts',
          ],
          exclude: [...once, pausing, requests],
          globalSetup: ['test/system/debian-postgres.ts', 'test/system/other-temporal.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pausing',
          include: [pausing],
          globalSetup: ['test/system/debian-postgres.ts', 'test/system/newer-temporal.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'requests',
          include: [requests],
          globalSetup: ['test/system/debian-postgres.ts', 'test/system/other-temporal.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
