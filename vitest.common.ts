import type { ViteUserConfig } from 'vitest/config';

/** What all runs of tests have in common. */
export const common = {
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    setupFiles: ['test/support/seed.ts'],
    provide: { deep: false },
    globalSetup: ['test/support/bundles.setup.ts'],
    pool: 'forks',
    // Most files wait for servers and timers most of the time: three at once, also on a machine with two cores.
    maxWorkers: 3,
    // Runbooks that tests load import this package by its name: from source, not from an older build.
    execArgv: ['--conditions=source'],
    // Only for a test that hangs: how busy the machine is decides nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
} satisfies ViteUserConfig;
