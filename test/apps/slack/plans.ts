import type { Plan } from '../../../src/engine/plan/plan.js';
import { runbook } from '../../../src/engine/plan/runbook.js';
import { act, approve, errorRate, expose, watch } from '../../../src/steps/index.js';
import { z } from 'zod';

/** A quarter of the users, then everybody when two agree, then something that cannot be undone. */
export function clickedPlan(name = 'split-name'): Plan {
  return runbook({
    name,
    owner: 'team-one',
    why: 'Search by family name needs its own column.',
    hypothesis: 'Nobody notices.',
    params: z.object({}),
    plan: () => ({
      scope: ['flag:split', 'table:shop.customer'],
      guards: [errorRate({ source: 'shop', atMost: 0.05, every: '10s', minRequests: 1 })],
      canary: [expose('split', { percent: 25, drain: '1s' }), watch('canary', { for: '30m' })],
      promote: [
        approve('go', {
          by: ['team-one', 'sre'],
          quorum: 2,
          within: '2d',
          fourEyes: true,
          why: 'Everyone gets the new code path.',
        }),
        expose('split', { percent: 100, drain: '1s' }),
        watch('promoted', { for: '1h' }),
      ],
      contract: [
        approve('purge', {
          by: ['team-one', 'sre'],
          quorum: 1,
          within: '2d',
          why: 'full_name is dropped for good.',
        }),
        act('drop', {
          why: 'Nobody reads full_name any more.',
          verify: 'it is gone',
          target: 'table:shop.customer',
          do: { kind: 'fake.drop', input: {} },
          undo: { type: 'irreversible', because: 'its values are gone' },
        }),
      ],
    }),
  }).evaluate({});
}
