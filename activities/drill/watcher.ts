import type { Client } from '@temporalio/client';
import { sentinelId } from '../../src/protocol/sentinel.js';

/** The activity that watches an environment, as Temporal knows it. */
const watching = 'watchEnvironment';
const identity = 'switchback drill';

/** Whether the watching activity of an environment is paused. */
export async function isWatcherAway(client: Client, environment: string): Promise<boolean> {
  return (await find(client, environment))?.paused === true;
}

/** Keeps the activity that watches from being tried again, as soon as its present try has ended. */
export async function takeWatcherAway(client: Client, environment: string): Promise<void> {
  await client.workflowService.pauseActivity({
    ...place(client, environment),
    type: watching,
    identity,
    reason: 'a drill takes the watcher away',
  });
}

/** Lets it be tried again, at once. */
export async function bringWatcherBack(client: Client, environment: string): Promise<void> {
  if (!(await isWatcherAway(client, environment))) return;
  await client.workflowService.unpauseActivity({
    ...place(client, environment),
    type: watching,
    identity,
    resetAttempts: true,
  });
}

async function find(client: Client, environment: string) {
  const { raw } = await client.workflow.getHandle(sentinelId(environment)).describe();
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === watching);
}

function place({ options }: Client, environment: string) {
  return { namespace: options.namespace, execution: { workflowId: sentinelId(environment) } };
}
