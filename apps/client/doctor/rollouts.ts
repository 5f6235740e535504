import { healthOf } from '../../../activities/temporal/health.js';
import { runningRollouts } from '../../../activities/temporal/running.js';
import { ok, warn, type Check, type Finding } from './check.js';
import { findingOf } from './health.js';

const atOnce = 20;
const mostLookedAt = 1_000;

/** Whether every rollout that has not ended goes on. */
export const rollouts: Check = {
  name: 'rollouts',
  looksAt: 'every rollout that has not ended: whether it is paused, broken, or without a worker',
  async look({ client, environment }) {
    const all = await runningRollouts(client, environment);
    const looked = all.slice(0, mostLookedAt);
    const bad: Finding[] = [];
    for (let start = 0; start < looked.length; start += atOnce) {
      const batch = looked.slice(start, start + atOnce).map(async (rollout) => {
        return findingOf(rollout, await healthOf(client, rollout), wayOut(rollout));
      });
      bad.push(...(await Promise.all(batch)).filter(({ verdict }) => verdict !== 'ok'));
    }
    const unseen = all.length - looked.length;
    const rest = unseen > 0 ? [warn(`${unseen} more were not looked at`, 'see switchback list')] : [];
    if (bad.length > 0) return [...bad, ...rest];
    return [ok(`${looked.length} go on`), ...rest];
  },
};

function wayOut(rollout: string): string {
  return (
    `fix its code and move it: switchback builds move ${rollout} --to BUILD; ` +
    `or take it back: temporal workflow terminate -w ${rollout}, then switchback rescue ${rollout}`
  );
}
