import { z } from 'zod';
import {
  addColumns,
  approve,
  backfill,
  errorRate,
  expose,
  keepInSync,
  purgeColumns,
  retireColumns,
  runbook,
  verifyParity,
  watch,
  type Shapes,
  type Step,
} from '../../src/index.js';
import { below, oneOf, seededRandom, type Random } from '../../demo/load/random.js';
import { pace, type Ending, type Scenario } from './scenario.js';

/** Two tables of the shop, each with another shape to be in. */
const migrations = [
  {
    shapes: {
      db: 'shop',
      table: 'customer',
      key: 'id',
      forward: {
        first_name: "split_part(full_name, ' ', 1)",
        last_name: "substr(full_name, length(split_part(full_name, ' ', 1)) + 2)",
      },
      back: { full_name: "first_name || ' ' || last_name" },
    } satisfies Shapes,
    columns: ['first_name', 'last_name'].map((name) => ({ name, type: 'text' })),
  },
  {
    shapes: {
      db: 'shop',
      table: 'orders',
      key: 'id',
      forward: { total: 'total_cents::numeric / 100' },
      back: { total_cents: '(total * 100)::integer' },
    } satisfies Shapes,
    columns: [{ name: 'total', type: 'numeric' }],
  },
];

type Migration = (typeof migrations)[number];

const drain = pace.drain as `${number}ms`;
const length = (random: Random) => `${300 + below(random, 500)}ms` as const;

/** A small plan on real adapters, and a way for it to end: always the same ones for a seed. */
export function randomScenario(seed: number): Scenario {
  const random = seededRandom(seed);
  const chosen = migrations.filter(() => below(random, 3) > 0);
  const percents = [5, 25, 50].filter(() => below(random, 2) === 0);
  const whole = chosen.filter(() => below(random, 3) > 0);
  const expand = chosen.flatMap((migration) =>
    expandBy(migration, whole.includes(migration) ? 4 : 1 + below(random, 4), random),
  );
  const canary = percents.flatMap((percent): Step[] => [
    expose('split-name', { percent, drain }),
    watch(`canary-${percent}`, { for: length(random) }),
  ]);
  const quorum = 1 + below(random, 2);
  const retired = whole.filter(() => below(random, 2) === 0);
  const purged = retired.filter(() => below(random, 2) === 0);
  const watches = [...percents.map((percent) => `watch/canary-${percent}`), 'watch/promoted'];
  const gates = ['approve/go', ...purged.map(({ shapes }) => `approve/purge-${shapes.table}`)];
  const ending = oneOf<Ending>(random, [
    { type: 'approve' },
    { type: 'breach', in: oneOf(random, watches) },
    { type: 'abort', at: oneOf(random, gates.slice(0, 1)) },
    { type: 'reject', at: oneOf(random, gates.slice(0, 1)) },
  ]);
  const plan = runbook({
    name: `random-${seed}`,
    owner: 'team-checkout',
    why: 'To be carried out under faults.',
    hypothesis: 'No fault leaves a trace.',
    params: z.object({}),
    plan: () => ({
      scope: ['table:shop.customer', 'table:shop.orders', 'flag:split-name'],
      guards: [
        errorRate({ source: 'shop', every: '250ms', lookBack: '1500ms', minRequests: 10, atMost: 0.05 }),
      ],
      deadlines: { preflight: '3m', ask: '5m', giveUp: '10m' },
      expand,
      canary,
      soak: [],
      promote: [
        approve('go', { by: ['team-checkout', 'sre'], quorum, within: '10m' }),
        expose('split-name', { percent: 100, drain }),
        watch('promoted', { for: ending.type === 'breach' ? '3s' : length(random) }),
      ],
      contract: [
        ...retired.map(({ shapes }) => retireColumns(shapes)),
        ...purged.flatMap(({ shapes }) => [
          approve(`purge-${shapes.table}`, { by: ['sre', 'team-checkout'], within: '10m' }),
          purgeColumns(shapes),
        ]),
      ],
    }),
  }).evaluate({});
  return { name: `random-${seed}`, plan, customers: 100 + below(random, 200), ending };
}

/** The first acts of a migration; the later ones make no sense without the earlier. */
function expandBy({ shapes, columns }: Migration, depth: number, random: Random): Step[] {
  const batch = 40 + below(random, 100);
  return [
    addColumns(shapes, columns),
    keepInSync(shapes),
    backfill(shapes, { batch }),
    verifyParity(shapes),
  ].slice(0, depth);
}
