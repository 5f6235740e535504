import { proxyActivities } from '@temporalio/workflow';
import type { DrillActivities } from '../../src/drill/workflow.js';
import type { Notice } from '../../src/engine/state/values.js';

interface Notifying {
  notify(notice: Notice): Promise<null>;
}

/** What a drill does outside of its workflow. A worker that dies in it, as crash points want, is replaced soon. */
export const activities = proxyActivities<DrillActivities>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '5s',
  scheduleToCloseTimeout: '2h',
  // Enough for a worker that dies, and for servers that are away for half a minute: what fails for good is told soon.
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 12 },
});

/** Tells people what came of it. It is kept before anybody is told. */
export const { notify } = proxyActivities<Notifying>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m' },
});
