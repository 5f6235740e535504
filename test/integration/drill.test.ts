import { expect, inject, it } from 'vitest';
import { connectDrills } from '../../apps/client/drills.js';
import { startOptions } from '../../apps/client/start-options.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { mutated } from '../../src/drill/mutants.js';
import { pointName } from '../../src/drill/points.js';
import { isSealed, type DrillRecord } from '../../src/drill/record.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import { drilledRolloutId, drillType, isDrilledRollout } from '../../src/protocol/drill.js';
import { rolloutType } from '../../src/protocol/rollout.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';
import { query } from '../support/query.js';
import type { ShopDatabase } from '../support/rollouts/database.js';
import {
  eventually,
  inEnvironment,
  quick,
  type EnvironmentOptions,
  type TestEnvironment,
} from '../support/rollouts.js';

const plan = splitCustomerName.evaluate(quick);

/** What a test opens otherwise, as a drill environment: its shop is the template. */
const drills: EnvironmentOptions = {
  kind: 'drill',
  configure: ({ flags, ...environment }) => ({
    ...environment,
    kind: 'drill',
    flags: { flags: { file: flags['flags']!.file } },
    metrics: {},
    drill: { metrics: { shop: { requestsPerSecond: 200 } } },
  }),
};

async function drill({ name }: TestEnvironment, of: Plan, points: readonly string[]): Promise<DrillRecord> {
  const client = await connectDrills({ address: inject('temporalAddress') });
  try {
    const input = { environment: name, plan: of, digest: planDigest(of), startedBy: 'tester' };
    return await client.result(await client.start({ ...input, timeScale: 0.5, points }));
  } finally {
    await client.close();
  }
}

/** Its customers and its schemas, read without staying connected: nobody may be while it is cloned. */
function templateOf({ url }: ShopDatabase) {
  return query(
    url,
    `select (select md5(string_agg(c::text, '' order by id)) from shop.customer c) as rows,
        (select array_agg(nspname::text order by 1) from pg_namespace) as schemas`,
  );
}

it.concurrent('a plan comes back from each point that is drilled, and its template is as it was', () =>
  inEnvironment(drills, async (environment) => {
    const { database, records, flags } = environment;
    const points = ['keep-in-sync/shop.customer after-effect', 'watch/canary-25 breach'];
    const [before, shown] = [await templateOf(database), await flags()];
    const found = await drill(environment, plan, points);
    expect(found.points.map(({ differences }) => differences)).toEqual(points.map(() => []));
    expect(found.points.map(pointName)).toEqual(points);
    expect(found).toMatchObject({ digest: planDigest(plan), rowsLost: 0, pastReturn: 0 });
    expect(found.coverage).toBeCloseTo(points.length / found.pointsToCover);
    expect(found.timeToRestore.exposure?.worst).toBeGreaterThan(0);
    expect(Object.keys(found.ground?.adapters ?? {})).toEqual(['flags', 'postgres']);
    expect(Object.keys(found.ground?.schema ?? {})).toEqual(['table:shop.customer']);
    expect(found.rowsCompared).toBeGreaterThan(500);
    expect(isSealed(found)).toBe(true);
    expect(await records.drills.list('split-customer-name')).toEqual([found]);
    expect([await templateOf(database), await flags()]).toEqual([before, shown]);
  }),
);

it.concurrent('a drill is red when a way back is missing', () =>
  inEnvironment(drills, async (environment) => {
    const spoilt = mutated(plan, { act: 'add-columns/shop.customer', spoiling: 'removed' });
    const found = await drill(environment, spoilt, ['add-columns/shop.customer after-effect']);
    expect(found.points).toMatchObject([{ result: 'failed' }]);
    expect(found.coverage).toBe(0);
  }),
);

it.concurrent('two drills are not at once, and the next one sweeps what a killed one left', () =>
  inEnvironment(drills, async (environment) => {
    const { name, temporal } = environment;
    const client = await connectDrills({ address: inject('temporalAddress') });
    try {
      const input = {
        environment: name,
        plan,
        digest: planDigest(plan),
        startedBy: 'tester',
        timeScale: 0.5,
      };
      const first = await client.start({ ...input, points: ['watch/canary-25 breach'] });
      await eventually(async () => expect((await client.progress(first))?.current).toBeDefined());
      const second = await client.start({ ...input, points: ['watch/canary-25 breach'] });
      await expect(client.result(second)).rejects.toThrow(`is in use by ${first.drill}`);
      await temporal.workflow.getHandle(first.drill).terminate('killed');
      const third = await drill(environment, plan, ['add-columns/shop.customer after-effect']);
      expect(third.points).toMatchObject([{ result: 'passed' }]);
    } finally {
      await client.close();
    }
  }),
);

it.concurrent('a drill that calls itself another environment is refused before it starts a rollout', () =>
  inEnvironment(drills, async ({ name, temporal }) => {
    const about = { environment: 'production', plan, digest: planDigest(plan), startedBy: 'mallory' };
    const handle = await temporal.workflow.start(drillType, {
      workflowId: `drill/${name}/sent-straight`,
      taskQueue: taskQueueOf(name),
      args: [{ format: 1, ...about, timeScale: 0.5 }],
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        cause: { message: expect.stringContaining('is of environment production, and these workers') },
      },
    });
  }),
);

it('only what a drill has started is ended as left over', () => {
  const run = '0a1b2c3d-0000-0000-0000-000000000000';
  const own = drilledRolloutId('drills', 'split-customer-name', run, 12);
  expect(own).toBe('rollout/drills/split-customer-name/drill-0a1b2c3d-12');
  expect(isDrilledRollout(own)).toBe(true);
  for (const other of ['rollout/drills/split-customer-name/drill-1', 'rollout/drills/drill-0a1b2c3d-1/x'])
    expect(isDrilledRollout(other)).toBe(false);
});

it.concurrent('no other environment runs a rollout in the time of a drill', () =>
  inEnvironment({}, async ({ name, temporal }) => {
    const rollout = `rollout/${name}/split-customer-name/drill`;
    const started = { environment: name, plan, digest: planDigest(plan), startedBy: 'tester' };
    const input = { format: 1, ...started, drill: { timeScale: 0.5 } } as const;
    const handle = await temporal.workflow.start(rolloutType, startOptions(rollout, input));
    await expect(handle.result()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('this is no drill environment') },
    });
  }),
);
