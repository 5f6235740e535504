import { expect, it } from 'vitest';
import { preflightWarnings } from '../../../apps/cli/preflight-warnings.js';
import type { JournalEvent } from '../../../src/engine/state/journal.js';

const event = (
  type: JournalEvent['type'],
  reason: string,
  more: Partial<JournalEvent> = {},
): JournalEvent => ({
  number: 1,
  at: 0,
  type,
  reason,
  ...more,
});

it('whoever starts a rollout hears what was not refused, and what no guard can see', () => {
  expect(
    preflightWarnings([
      event('started', 'for local'),
      event('warning', 'with full_name go its index', { step: 'purge/shop.customer' }),
      event('warning', 'a drain of 1 s is short'),
      event('preflight-passed', 'every act fits; beware', {
        evidence: { blindSpots: { errors: 'no failure counted so far' } },
      }),
    ]),
  ).toEqual([
    'warning: purge/shop.customer: with full_name go its index',
    'warning: a drain of 1 s is short',
    'warning: guard errors: no failure counted so far',
  ]);
  expect(preflightWarnings([event('preflight-passed', 'every act fits')])).toEqual([]);
});
