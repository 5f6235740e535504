import { act, action, approve, errorRate, runbook, watch, type Step } from 'switchback-rollouts';
import { z } from 'zod';

const duration = z.templateLiteral([z.number().positive(), z.enum(['ms', 's', 'm', 'h', 'd'])], {
  error: 'must be a duration such as 90s, 30m or 24h',
});

/** Carried out by the adapter in demo/queue. */
export const resize = action('queue.resize', z.strictObject({ consumers: z.number().int().min(1).max(64) }));

export default runbook({
  name: 'resize-consumers',
  owner: 'team-checkout',
  why: 'At noon orders wait in the queue for minutes.',
  hypothesis: 'More consumers empty the queue, and the shop that shares their database has no more errors.',
  params: z.object({
    queue: z.string().default('orders'),
    consumers: z.array(z.number()).default([8, 16]),
    watchFor: duration.default('30m'),
    decideWithin: duration.default('2d'),
    sampleEvery: duration.default('10s'),
    lookBack: duration.default('60s'),
    minRequests: z.number().int().min(1).default(50),
  }),
  plan: ({ queue, consumers, watchFor, decideWithin, sampleEvery, lookBack, minRequests }) => ({
    scope: [`queue:${queue}`],
    guards: [errorRate({ source: 'shop', atMost: 0.05, every: sampleEvery, lookBack, minRequests })],
    canary: consumers.flatMap((count): Step[] => [
      act(`resize-${queue}-to-${count}`, {
        why: `${count} consumers take orders off the queue.`,
        verify: `the queue says that it has ${count}`,
        target: `queue:${queue}`,
        do: resize({ consumers: count }),
        undo: { type: 'restore' },
      }),
      watch(`with-${count}`, { for: watchFor }),
    ]),
    promote: [
      approve('keep', { by: ['team-checkout'], within: decideWithin, why: 'More consumers cost more.' }),
    ],
  }),
});
