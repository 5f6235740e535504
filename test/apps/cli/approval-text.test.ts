import { expect, it } from 'vitest';
import { approvalLines } from '../../../apps/cli/approval-text.js';
import { paintFor } from '../../../apps/cli/paint.js';
import type { Reported } from '../../../apps/client/client.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';

const plan = splitCustomerName.evaluate({});
const drawing = { paint: paintFor({}, {}), width: 100, now: 60_000, frame: 0 };
const at = (step: string, more: object): Reported =>
  ({
    runbook: plan.runbook,
    rollout: 'rollout/e/split-customer-name/k',
    environment: 'e',
    digest: '0123456789abcdef'.repeat(4),
    gate: { step, epoch: 0, since: 0, deadline: 0, approvals: [{ by: 'ana', at: 0 }] },
    readings: [],
    why: {},
    exposure: 25,
    exposureReadAt: 57_000,
    ...more,
  }) as unknown as Reported;

it('shows exposure from and to, every guard with value and limit, who approved, and the digest in short', () => {
  const readings = [{ guard: 'errors', verdict: 'pass', at: 59_000, reason: 'well', value: 0.012 }];
  const text = approvalLines(at('approve/go', { readings }), plan, drawing).join('\n');
  expect(text).toMatch(/exposure +from 25 %, read 3s ago to 100 %/);
  expect(text).toMatch(/approvals +1 of 2 \(ana\)/);
  expect(text).toMatch(/plan +0123456789ab\n/);
  expect(text).toMatch(/errors +1.2 % +at most 5 % +pass/);
  expect(text).not.toMatch(/beware/);
});

it('says before what cannot be taken back', () => {
  const text = approvalLines(at('approve/purge', { exposure: 100 }), plan, drawing).join('\n');
  expect(text).toMatch(/beware +purge\S* is the point of no return: what full_name held is gone/);
});

it('shows what drills prove where the environment asks for them: their age, their coverage, the longest way back', () => {
  const proof = { proven: true, reason: '35 of 35 points came back in a drill', coverage: 1 };
  const drills = { ...proof, drilledAt: -86_340_000, worst: 4_200 };
  const text = (why: object) => approvalLines(at('approve/go', { why }), plan, drawing).join('\n');
  expect(text({ drills })).toMatch(/drills +all of its points, drilled 1d ago, longest way back 4.2s\n/);
  const missing = { proven: false, reason: 'its way back is not proven', coverage: 0.5 };
  expect(text({ drills: missing })).toMatch(/drills +50 % of its points: its way back is not proven\n/);
  expect(text({})).not.toMatch(/drills/);
});
