import {
  addColumns,
  approve,
  backfill,
  errorRate,
  expose,
  keepInSync,
  latency,
  purgeColumns,
  retireColumns,
  runbook,
  verifyParity,
  watch,
  type Shapes,
  type Step,
} from 'switchback-rollouts';
import { z } from 'zod';

const duration = z.templateLiteral([z.number().positive(), z.enum(['ms', 's', 'm', 'h', 'd'])], {
  error: 'must be a duration such as 90s, 30m or 24h',
});

const shapes: Shapes = {
  db: 'shop',
  table: 'customer',
  key: 'id',
  forward: {
    first_name: "split_part(full_name, ' ', 1)",
    last_name: "substr(full_name, length(split_part(full_name, ' ', 1)) + 2)",
  },
  back: { full_name: "first_name || ' ' || last_name" },
};

export default runbook({
  name: 'split-customer-name',
  owner: 'team-checkout',
  why: 'Search by family name needs its own column.',
  hypothesis: 'Reading the new columns leaves errors unchanged and does not slow requests down.',
  params: z.object({
    canary: z.array(z.number().min(1).max(99)).default([5, 25]),
    canaryFor: duration.default('30m'),
    soakFor: duration.default('24h'),
    promotedFor: duration.default('1h'),
    retiredFor: duration.default('7d'),
    decideWithin: duration.default('2d'),
    drain: duration.default('10s'),
    sampleEvery: duration.default('10s'),
    lookBack: duration.default('60s'),
    minRequests: z.number().int().min(1).default(50),
    preflightWithin: duration.default('2m'),
    askAfter: duration.default('5m'),
    giveUpAfter: duration.default('30m'),
  }),
  plan: (params) => {
    const evidence = {
      source: 'shop',
      every: params.sampleEvery,
      lookBack: params.lookBack,
      minRequests: params.minRequests,
    };
    const people = { by: ['team-checkout', 'sre'], within: params.decideWithin };
    const drain = params.drain;
    return {
      scope: ['table:shop.customer', 'flag:split-name'],
      guards: [
        errorRate({ ...evidence, atMost: 0.05 }),
        latency({ ...evidence, p: 95, atMost: '800ms' }),
        latency({
          ...evidence,
          name: 'latency-p50-vs-baseline',
          p: 50,
          atMost: '+400%',
          at100: 'recorded',
          atLeast: '100ms',
        }),
      ],
      deadlines: { preflight: params.preflightWithin, ask: params.askAfter, giveUp: params.giveUpAfter },
      objective: { restoreWithin: '5m' },
      expand: [
        addColumns(shapes, [
          { name: 'first_name', type: 'text' },
          { name: 'last_name', type: 'text' },
        ]),
        keepInSync(shapes),
        backfill(shapes),
        verifyParity(shapes),
      ],
      canary: params.canary.flatMap((percent): Step[] => [
        expose('split-name', { percent, drain }),
        watch(`canary-${percent}`, { for: params.canaryFor }),
      ]),
      soak: [watch('soak', { for: params.soakFor })],
      promote: [
        approve('go', { ...people, quorum: 2, why: 'Everyone gets the new code path.' }),
        expose('split-name', { percent: 100, drain }),
        watch('promoted', { for: params.promotedFor }),
      ],
      contract: [
        retireColumns(shapes),
        watch('retired', { for: params.retiredFor, why: 'Whoever still needs full_name shows up now.' }),
        approve('purge', {
          ...people,
          why: 'full_name is dropped for good. This is the point of no return.',
        }),
        purgeColumns(shapes),
      ],
    };
  },
});
