import type { WorkflowService } from '@temporalio/client';
import { hasCode } from './failures.js';
import { taskQueueOf } from '../../src/protocol/task-queue.js';

/** A build of an environment's workers, as the server knows it. */
export interface KnownBuild {
  readonly build: string;
  /** Milliseconds since the epoch. */
  readonly firstSeenAt: number;
  readonly status: 'inactive' | 'current' | 'draining' | 'drained';
}

/** The builds of an environment, and which of them new rollouts start on. */
export interface Deployment {
  readonly builds: readonly KnownBuild[];
  readonly current?: string;
  /** Names this state: a change that brings it is refused when there was another in between. */
  readonly token: Uint8Array;
}

/** What the calls below need of a connection. */
export interface DeploymentService {
  readonly workflowService: WorkflowService;
  readonly namespace: string;
}

/**
 * The name of an environment's deployment on the server, which takes no dots in it and knows no rename: the task
 * queue's, with slashes, which no environment's name has.
 */
export function deploymentOf(environment: string): string {
  return taskQueueOf(environment).replaceAll('.', '/');
}

/** The deployment of an environment; undefined when no worker has ever asked for work there. */
export async function readDeployment(
  { workflowService, namespace }: DeploymentService,
  environment: string,
): Promise<Deployment | undefined> {
  const deploymentName = deploymentOf(environment);
  const answer = await workflowService
    .describeWorkerDeployment({ namespace, deploymentName })
    .catch((error: unknown) => {
      if (hasCode(error, 'notFound')) return undefined;
      throw error;
    });
  if (!answer) return undefined;
  const { versionSummaries, routingConfig } = answer.workerDeploymentInfo ?? {};
  const current = routingConfig?.currentDeploymentVersion?.buildId;
  return {
    builds: (versionSummaries ?? []).map(({ deploymentVersion, createTime, status }) => ({
      build: deploymentVersion?.buildId ?? 'unknown',
      firstSeenAt: Number(createTime?.seconds ?? 0) * 1_000 + (createTime?.nanos ?? 0) / 1e6,
      status: statuses[status ?? 0] ?? 'inactive',
    })),
    ...(current && { current }),
    token: answer.conflictToken,
  };
}

/** By the numbers of Temporal's API: a build that receives a share of new work is not used here. */
const statuses: readonly KnownBuild['status'][] = [
  'inactive',
  'inactive',
  'current',
  'inactive',
  'draining',
  'drained',
];

/** Makes a build that has workers the current one. Throws what Temporal's client throws. */
export async function setCurrent(
  { workflowService, namespace }: DeploymentService,
  environment: string,
  buildId: string,
  conflictToken?: Uint8Array,
): Promise<void> {
  const deploymentName = deploymentOf(environment);
  await workflowService.setWorkerDeploymentCurrentVersion({
    namespace,
    deploymentName,
    buildId,
    ...(conflictToken && { conflictToken }),
  });
}
