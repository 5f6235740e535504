import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drillPointLocally } from '../../../apps/testing/local/drill-point.js';
import { explain } from '../../../apps/testing/local/explain.js';
import { openStage, type LocalStage } from '../../../apps/testing/local/stage.js';
import { drill } from '../../../apps/testing/index.js';
import { initialFlags } from '../../../demo/shop/initial-flags.js';
import resizeConsumers from '../../../runbooks/resize-consumers.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { errorRate, expose, runbook, watch } from '../../../src/index.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { pointOf } from './given.js';
import { beginnings } from '../../mutants/begin.js';
import { equivalentInMemory } from '../../mutants/equivalent.js';
import { reportOf } from '../../mutants/report.js';
import { requireGreen, tryMutants } from '../../mutants/try-mutants.js';

const queues = beginnings['resize-consumers']!;

drill(resizeConsumers, { on: 'local', ...queues });

describe('a drill of a system of a team', () => {
  const plan = resizeConsumers.evaluate({});
  let stage: LocalStage;
  beforeAll(async () => {
    stage = await openStage(plan, queues);
  });
  afterAll(() => stage.close());

  it('turns red for each way back that is spoilt, and is green without', async () => {
    await requireGreen(stage, plan);
    const tried = await tryMutants(stage, plan);
    expect(reportOf([{ runbook: plan.runbook, tried }], equivalentInMemory)).toMatchObject({
      runbooks: 1,
      mutants: 3,
      killed: 3,
      survivors: [],
    });
  });

  it('says what did not come back, whose way back that is, and what to do', async () => {
    const spoilt = withUndo(plan, 'act/resize-orders-to-8');
    const point = pointOf(spoilt, 'watch/with-8 breach');
    const faults = await drillPointLocally(stage, spoilt, point);
    expect(explain(spoilt, point, faults)).toMatchInlineSnapshot(`
      "resize-consumers does not come back from "watch/with-8 breach":
        - queue was {"consumers":4}, and is {"consumers":8}
        - it ends halted, not rolled-back: guard errors failed: in a drill; not verified: queue:orders
      acts that had begun by then, the last first, and their ways back:
        - act/resize-orders-to-8: nothing, because nobody minds
      fix: let the way back of the act that brought it take exactly that back, then drill again"
    `);
  });
});

describe('a drill of a flag', () => {
  const inOneGo = runbook({
    name: 'in-one-go',
    owner: 'team-checkout',
    why: 'Half of them first.',
    hypothesis: 'Nobody notices.',
    params: z.object({}),
    plan: () => ({
      scope: ['flag:split-name'],
      guards: [errorRate({ source: 'shop', atMost: 0.05, every: '10s', lookBack: '60s', minRequests: 1 })],
      canary: [expose('split-name', { percent: 50 }), watch('half', { for: '10m' })],
    }),
  });
  const targets = { flags: { flags: initialFlags } };
  drill(inOneGo, { on: 'local', ...targets });

  it('turns red for each way back that is spoilt', async () => {
    const plan = inOneGo.evaluate({});
    const stage = await openStage(plan, targets);
    try {
      const tried = await tryMutants(stage, plan);
      expect(reportOf([{ runbook: plan.runbook, tried }], {})).toMatchObject({ mutants: 3, killed: 3 });
    } finally {
      await stage.close();
    }
  });

  it('names the member of the flag that did not come back', async () => {
    const plan = inOneGo.evaluate({});
    const stage = await openStage(plan, targets);
    try {
      const mutant = { act: 'expose/split-name/50', spoiling: 'does-nothing' } as const;
      const faults = await drillPointLocally(stage, plan, pointOf(plan, 'watch/half breach'), mutant);
      expect(faults[0]).toMatch(/^flag split-name: targeting is left over/);
    } finally {
      await stage.close();
    }
  });
});

describe('what a drill on this machine has to be told', () => {
  it('nothing of a runbook that takes nothing back: it is refused', () => {
    const { expand, ...phases } = splitCustomerName.evaluate({}).phases;
    const onlyReads = expand.filter(({ id }) => id.startsWith('verify-parity/'));
    const plan = {
      ...splitCustomerName.evaluate({}),
      phases: { ...phases, expand: onlyReads, canary: [], promote: [], contract: [] },
    };
    const runbook = { ...splitCustomerName, evaluate: () => plan };
    expect(() => drill(runbook, { on: 'local' })).toThrow(
      'has no act that is taken back, so there is nothing to drill',
    );
  });

  it.each([
    [
      'a system',
      resizeConsumers,
      {},
      'is performed by queue, and no system of that name is given; give drill { systems: [{ adapter, begin }] }',
    ],
    [
      'a database',
      splitCustomerName,
      {},
      'acts on database shop, and nobody says how that begins; give drill { databases: { shop: { begin:',
    ],
    [
      'a flag store',
      splitCustomerName,
      { databases: { shop: { begin: 'SELECT 1' } } },
      'acts on flag store flags, and nobody says how that begins; give drill { flags: { flags: {',
    ],
  ])('%s that the plan acts on', (_what, runbook, targets, told) => {
    expect(() => drill(runbook, { on: 'local', ...targets })).toThrow(told);
  });
});

/** The plan with an act whose way back is none. */
function withUndo(plan: Plan, id: string): Plan {
  const canary = plan.phases.canary.map((step) =>
    step.type === 'act' && step.id === id
      ? { ...step, undo: { type: 'nothing', because: 'nobody minds' } as const }
      : step,
  );
  return { ...plan, phases: { ...plan.phases, canary } };
}
