import { expect, it } from 'vitest';
import { askingMessage } from '../../../apps/slack/say/asking.js';
import type { Told } from '../../../apps/slack/say/speaking.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';

const plan = splitCustomerName.evaluate({});
const day = 86_400_000;

function asked(drills?: object): string {
  const step = 'approve/go';
  const gate = {
    step,
    epoch: 0,
    since: 0,
    deadline: day,
    approvals: [],
    quorum: 2,
    missing: 2,
    asks: ['sre'],
  };
  const about = {
    runbook: plan.runbook,
    rollout: 'rollout/e/split-customer-name/k',
    environment: 'e',
    digest: 'a'.repeat(64),
  };
  const why = { waitingFor: step, next: 'it is taken back', possible: [], ...(drills && { drills }) };
  const report = {
    ...about,
    gate,
    readings: [],
    exposure: 25,
    possible: [],
    startedBy: 'ana',
    steps: [],
    why,
  };
  const told = { plan, events: [], report, now: 4 * day, directory: { principals: [] } };
  return JSON.stringify(askingMessage(told as unknown as Told));
}

it('an approval shows what drills prove: their age, their coverage, the longest way back', () => {
  const proof = { proven: true, reason: 'all came back', coverage: 1, drilledAt: day, worst: 4_200 };
  expect(asked(proof)).toContain('*Way back*\\nall of its points, drilled 3d ago, longest way back 4.2s');
  const broken = 'it did not come back in a drill from expose/split-name/100 after-effect';
  expect(asked({ ...proof, proven: false, reason: broken, broken })).toContain(
    `longest way back 4.2s: ${broken}`,
  );
  expect(asked()).not.toContain('Way back');
});
