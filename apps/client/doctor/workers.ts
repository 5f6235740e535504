import { seenForNew, workersOf } from '../workers.js';
import { fail, ok, warn, type Check } from './check.js';

/** Milliseconds. A worker asks at least once a minute. */
const silentFor = 90_000;

/** Whether somebody works. */
export const workers: Check = {
  name: 'workers',
  looksAt: 'who asked the server for work',
  async look({ client, environment }) {
    const known = await workersOf(client, environment);
    const seen = seenForNew(known);
    const fix = `switchback worker --env ${environment}`;
    if (seen === undefined) return [fail(`no worker of ${environment} takes new rollouts`, fix)];
    const ago = Date.now() - seen;
    if (ago > silentFor) return [warn(`the last worker asked ${Math.round(ago / 1_000)} s ago`, fix)];
    const builds = known.seenAt.size;
    return [ok(`at work, of ${builds === 1 ? 'one build' : `${builds} builds`}`)];
  },
};
