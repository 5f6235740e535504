import pc from 'picocolors';
import { expect, it } from 'vitest';
import { followTree } from '../../../apps/cli/follow.js';
import { createLive } from '../../../apps/cli/live.js';
import { Unreachable, type RolloutClient } from '../../../apps/client/client.js';
import { statusReport } from '../../../src/engine/tell/report.js';
import { initialState } from '../../../src/engine/state/state.js';
import { plain } from './console.js';
import { askingPlan } from './plans.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { eventually } from '../../support/eventually.js';

const plan = askingPlan();
const rollout = `rollout/local/${plan.runbook}/k1`;
const state = initialState(plan, {
  rollout,
  environment: 'local',
  digest: planDigest(plan),
  startedBy: 'ana',
});

/** Follows a rollout of which `status` tells; answers all that was painted, and what ends it. */
function follow(status: RolloutClient['status'], footer?: () => string[]) {
  const client = {
    plan: () => Promise.resolve(plan),
    attempts: () => Promise.resolve([]),
    readings: () => Promise.resolve(undefined),
    status,
  } as Partial<RolloutClient> as RolloutClient;
  const stop = new AbortController();
  let painted = '';
  const live = createLive({ columns: 100, rows: 50, write: (text) => (painted += text) });
  const paint = pc.createColors(false);
  const followed = followTree({
    client,
    rollout,
    live,
    paint,
    signal: stop.signal,
    ...(footer && { footer }),
  });
  return { followed, stop: () => stop.abort(), painted: () => plain(painted) };
}

it('says that nobody answers, goes on, and shows the last state at the end', async () => {
  let reachable = false;
  const { followed, stop, painted } = follow(() =>
    reachable
      ? Promise.resolve(statusReport(plan, state))
      : Promise.reject(new Unreachable('nobody is there')),
  );
  await eventually(() => expect(painted()).toContain('nobody is there'));
  reachable = true;
  await eventually(() => expect(painted()).toContain('● preflight'));
  state.outcome = { type: 'completed', reason: 'every step is done and verified' };
  stop();
  await followed;
  expect(painted().trimEnd()).toMatch(/completed {3}every step is done and verified$/);
});

it('paints what it is given below the tree', async () => {
  const { followed, stop, painted } = follow(
    () => Promise.resolve(statusReport(plan, state)),
    () => [' 1,234 requests served'],
  );
  await eventually(() => expect(painted()).toMatch(/completed[^]*1,234 requests served/));
  stop();
  await followed;
});

it('ends with what it cannot go on from', async () => {
  const { followed } = follow(() => Promise.reject(new TypeError('a fault of ours')));
  await expect(followed).rejects.toThrow('a fault of ours');
});
