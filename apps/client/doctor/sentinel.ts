import { healthOf } from '../../../activities/temporal/health.js';
import { sentinelId } from '../../../src/protocol/sentinel.js';
import type { Check } from './check.js';
import { findingOf } from './health.js';

/** Whether the workflow that has everybody watched goes on. */
export const sentinel: Check = {
  name: 'sentinel',
  looksAt: 'the workflow that has every exposed rollout watched',
  async look({ client, environment }) {
    const id = sentinelId(environment);
    const repair = `switchback repair sentinel --env ${environment}`;
    return [findingOf(id, await healthOf(client, id), repair)];
  },
};
