import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { drill } from '../../apps/testing/index.js';
import { openStage, type LocalStage } from '../../apps/testing/local/stage.js';
import resizeConsumers from '../../runbooks/resize-consumers.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { mutantName, mutantsOf } from '../../src/drill/mutants.js';
import { beginnings } from '../mutants/begin.js';
import { equivalent } from '../mutants/equivalent.js';
import { tryMutant } from '../mutants/try-mutants.js';
import '../support/servers.js';

/** Every runbook at every point on real targets, and every way back of it spoilt. */
describe.each([splitCustomerName, resizeConsumers])('$name', (runbook) => {
  const targets = { ...beginnings[runbook.name], server: inject('postgresUrl') };
  drill(runbook, { on: 'local', ...targets });

  const plan = runbook.evaluate({});
  let stage: LocalStage;
  beforeAll(async () => {
    stage = await openStage(plan, targets);
  });
  afterAll(() => stage.close());

  it.each(mutantsOf(plan).map((mutant) => [mutantName(mutant), mutant] as const))(
    'turns the drill red when it is spoilt: %s',
    async (name, mutant) => {
      const { killedAt } = await tryMutant(stage, plan, mutant);
      expect(killedAt === undefined).toBe(equivalent[name] !== undefined);
    },
  );
});
