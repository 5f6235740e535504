import { vi } from 'vitest';

/**
 * Waits until the look does not throw any more, and answers what it found. The limit is only for a test that fails: how
 * busy the machine is decides how long one waits, never what comes of it. (`expect.poll` gets lost between tests that run
 * at once.)
 */
export const eventually = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 120_000, interval: 50 });
