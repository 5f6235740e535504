import type { Client } from '@temporalio/client';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

const workflowQueue = 1;

/** Who asked for work in an environment lately, as the server remembers it for five minutes. */
export interface Workers {
  /** When workers of each build asked last, in milliseconds since the epoch. */
  readonly seenAt: ReadonlyMap<string, number>;
  /** The build that new rollouts start on. */
  readonly current?: string;
}

/** Asks the server for the workers of an environment. Throws what Temporal's client throws. */
export async function workersOf(client: Client, environment: string): Promise<Workers> {
  const { pollers, versioningInfo } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueueOf(environment) },
    taskQueueType: workflowQueue,
  });
  const seenAt = new Map<string, number>();
  for (const { deploymentOptions, lastAccessTime } of pollers) {
    const build = deploymentOptions?.buildId ?? '';
    const at = Number(lastAccessTime?.seconds ?? 0) * 1_000;
    seenAt.set(build, Math.max(at, seenAt.get(build) ?? 0));
  }
  const current = versioningInfo?.currentDeploymentVersion?.buildId;
  return { seenAt, ...(current && { current }) };
}

/** When a worker that new rollouts go to asked last; any worker's time while no build is current. */
export function seenForNew({ seenAt, current }: Workers): number | undefined {
  if (current !== undefined) return seenAt.get(current);
  return seenAt.size > 0 ? Math.max(...seenAt.values()) : undefined;
}

/** Why a rollout may have nobody who works on it, and what to do. */
export function absence(
  rollout: string,
  environment: string,
  build: string | undefined,
  workers: Workers,
): { readonly reason: string; readonly fix: string } {
  // The server remembers a worker for minutes after it is gone: another build's may be all that runs.
  const others =
    build !== undefined &&
    build !== workers.current &&
    [...workers.seenAt.keys()].some((other) => other !== build && other !== '');
  const fix = others
    ? `start one of that build, or move it: switchback builds move ${rollout} --to BUILD`
    : `start one: switchback worker --env ${environment}`;
  const whose = build === undefined ? `environment ${environment}` : `build ${build}`;
  const seen = build === undefined ? seenForNew(workers) : workers.seenAt.get(build);
  if (seen !== undefined) {
    const ago = Math.round((Date.now() - seen) / 1_000);
    // It may only be busy: another one would not answer any sooner.
    const again = others ? fix : `ask again, and if it is gone, ${fix}`;
    return { reason: `a worker of ${whose} asked for work ${ago} s ago`, fix: again };
  }
  if (build === undefined || workers.seenAt.size === 0) {
    return { reason: `no worker of environment ${environment} runs`, fix };
  }
  return { reason: `it belongs to build ${build}, of which no worker runs`, fix };
}
