import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/engine/state/values.js';
import { run, type Script, type World } from '../support/world.js';
import { expose, planOf, watch } from '../support/world/plans.js';

const plan = planOf({ canary: [expose('a', 5), watch('1', 60_000)] });
const isUp = { from: 20_000, to: 40_000, told: true };

const noticesOf = ({ trace }: World) => trace.calls('notify').map(({ input }) => input as Notice);
const heldAt = ({ trace }: World) => trace.events('hold')[0]?.at;
const blind = (at: number, subscription?: number): NonNullable<Script['messages']> => [
  { at, message: { type: 'blind', reason: 'silence', ...(subscription && { subscription }) } },
];

describe('a rollout that nobody watches', () => {
  it('holds and calls once while people have the candidate, and says when it is over', async () => {
    const world = await run(plan, { sentinel: { outages: [isUp] } });
    expect(world.ended).toMatchObject({ type: 'completed' });
    expect(heldAt(world)! - world.start).toBeLessThan(isUp.from + 3_000);
    const told = noticesOf(world).filter(({ text }) => text.includes('watch'));
    expect(told).toMatchObject([
      { urgency: 'incident', kind: 'blind', exposure: 5, text: expect.stringContaining('5 % may have') },
      { urgency: 'news', kind: 'blind', text: expect.stringMatching(/^it is watched again, after /) },
    ]);
  });

  it('hears it from whoever does not know the number of its subscription', async () => {
    const world = await run(plan, { messages: blind(20_000), rescued: false });
    expect(heldAt(world)! - world.start).toBeLessThan(21_000);
    expect(noticesOf(world)).toContainEqual(expect.objectContaining({ kind: 'blind', exposure: 5 }));
  });

  it('does not wait for evidence that is only late', async () => {
    const lookingBack = {
      ...plan,
      guards: plan.guards.map((guard) => ({ ...guard, evidence: { ...guard.evidence, lookBack: 600_000 } })),
    };
    const world = await run(lookingBack, { messages: blind(10_000), rescued: false });
    expect(heldAt(world)! - world.start).toBeLessThan(11_000);
  });

  it('ignores what is said of an older subscription', async () => {
    const world = await run(plan, { messages: blind(20_000, 1) });
    expect(world.state.subscription?.number ?? 2).toBeGreaterThan(1);
    expect(noticesOf(world)).not.toContainEqual(expect.objectContaining({ kind: 'blind' }));
    expect(heldAt(world)).toBeUndefined();
  });

  it('calls nobody while nobody is exposed', async () => {
    const world = await run(planOf({ expand: [watch('1', 60_000)] }), {
      sentinel: { outages: [isUp] },
    });
    expect(noticesOf(world)).not.toContainEqual(expect.objectContaining({ kind: 'blind' }));
  });
});
