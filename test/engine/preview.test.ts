import { describe, expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { preview } from '../../src/engine/preview.js';
import { stepsOf } from '../../src/engine/plan/plan.js';
import fc from 'fast-check';
import { plans } from '../support/world/plans.js';

describe('preview', () => {
  const plan = splitCustomerName.evaluate({});

  it('ends no earlier than all its watches together, and completes', async () => {
    const { earliestEnd, timeline } = await preview(plan);
    const watches = stepsOf(plan).reduce((sum, { step }) => sum + (step.type === 'watch' ? step.for : 0), 0);
    expect(earliestEnd).toBe(watches);
    expect(timeline.at(-1)?.event).toMatchObject({
      type: 'ended',
      reason: expect.stringContaining('completed'),
    });
  });

  it('shows every step once, in order, at its earliest time', async () => {
    const { timeline } = await preview(plan);
    const starts = timeline.filter(({ event }) =>
      ['act-started', 'watch-started', 'gate-opened'].includes(event.type),
    );
    expect(starts.map(({ event }) => event.step)).toEqual(stepsOf(plan).map(({ step }) => step.id));
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('completes every valid plan on paper (200 runs)', async () => {
    await fc.assert(
      fc.asyncProperty(plans(), async (drawn) => {
        const { timeline, earliestEnd } = await preview(drawn);
        expect(timeline.at(-1)?.event.reason).toContain('completed');
        expect(earliestEnd).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
