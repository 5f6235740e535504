import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Refusal } from '../../engine/errors.js';
import type { Build, Builds, Moved } from '../client.js';
import { deploymentOf, readDeployment, setCurrent, type Deployment } from '../deployment.js';
import type { Calls } from './calls.js';
import { hasCode, rootMessage, translate } from './failures.js';
import { partsOf } from './rollout-id.js';
import { rolloutType } from './summary.js';
import { workersOf } from './workers.js';

const answerWithin = 5_000;
/** The server answers once every queue knows it. */
const changeWithin = 30_000;
/** `PINNED_OVERRIDE_BEHAVIOR_PINNED` of Temporal's API. */
const pinned = 1;

/** The builds of one server's workers. */
export class TemporalBuilds implements Builds {
  constructor(
    private readonly client: Client,
    private readonly calls: Calls,
    /** The server, for messages. */
    private readonly server: string,
  ) {}

  async list(environment: string): Promise<readonly Build[]> {
    return this.calls.translated(answerWithin, async () => {
      const [deployment, { seenAt }] = await Promise.all([
        this.deployment(environment),
        workersOf(this.client, environment),
      ]);
      const builds = [...(deployment?.builds ?? [])].sort((a, b) => b.firstSeenAt - a.firstSeenAt);
      return Promise.all(
        builds.map(async ({ build, firstSeenAt, status }) => {
          const rollouts = await this.running(environment, build);
          const workerSeenAt = seenAt.get(build);
          return {
            build,
            current: build === deployment?.current,
            status,
            rollouts,
            firstSeenAt,
            ...(workerSeenAt !== undefined && { workerSeenAt }),
            mayGo: build !== deployment?.current && rollouts === 0,
          };
        }),
      );
    });
  }

  async makeCurrent(environment: string, build: string): Promise<void> {
    await this.known(environment, build);
    try {
      const { workflowService } = this.client;
      const service = { workflowService, namespace: this.client.options.namespace };
      await this.calls.make(changeWithin, () => setCurrent(service, environment, build));
    } catch (error) {
      if (!hasCode(error, 'failedPrecondition')) throw translate(error, this.server);
      const mend = `start one: switchback worker --env ${environment}`;
      throw new Refusal(
        `build ${build}`,
        `has no worker that could do the work (${rootMessage(error)})`,
        mend,
      );
    }
  }

  async move(rollout: string, build: string): Promise<Moved> {
    const environment = partsOf(rollout)?.environment ?? '';
    await this.known(environment, build);
    const from = await this.buildOf(rollout);
    const version = { deploymentName: deploymentOf(environment), buildId: build };
    await this.calls.translated(answerWithin, () =>
      this.client.workflowService.updateWorkflowExecutionOptions({
        namespace: this.client.options.namespace,
        workflowExecution: { workflowId: rollout },
        workflowExecutionOptions: { versioningOverride: { pinned: { behavior: pinned, version } } },
        updateMask: { paths: ['versioning_override'] },
      }),
    );
    return { rollout, build, ...(from !== undefined && { from }) };
  }

  /** The build that does a rollout's work; undefined before its first task. Throws Refusal when it is over. */
  private async buildOf(rollout: string): Promise<string | undefined> {
    const handle = this.client.workflow.getHandle(rollout);
    const found = await this.calls
      .translated(answerWithin, () => handle.describe())
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw new Refusal(`rollout ${rollout}`, 'does not exist', 'see "switchback list --all"');
      });
    if (found.status.name !== 'RUNNING') {
      throw new Refusal(`rollout ${rollout}`, 'is over', 'only one that runs can be moved');
    }
    return buildOf(found.raw.workflowExecutionInfo?.versioningInfo);
  }

  private async known(environment: string, build: string): Promise<void> {
    const deployment = await this.calls.translated(answerWithin, () => this.deployment(environment));
    const builds = deployment?.builds.map((known) => known.build) ?? [];
    if (builds.includes(build)) return;
    const mend =
      builds.length > 0
        ? `use one of ${builds.join(', ')}`
        : `no worker has ever run there; start one: switchback worker --env ${environment}`;
    throw new Refusal(`build ${build}`, `is not known in environment ${environment}`, mend);
  }

  private deployment(environment: string): Promise<Deployment | undefined> {
    const { workflowService, options } = this.client;
    return readDeployment({ workflowService, namespace: options.namespace }, environment);
  }

  private async running(environment: string, build: string): Promise<number> {
    const version = `${deploymentOf(environment)}:${build}`;
    const query = `WorkflowType = '${rolloutType}' AND ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '${version}'`;
    return (await this.client.workflow.count(query)).count;
  }
}

/** What Temporal says of the build that a workflow belongs to. */
interface VersioningInfo {
  readonly deploymentVersion?: { readonly buildId?: string | null } | null;
  readonly versioningOverride?: {
    readonly pinned?: { readonly version?: { readonly buildId?: string | null } | null } | null;
  } | null;
}

/** Where an operator moved it, else where its last task was done. */
export function buildOf(info: VersioningInfo | null | undefined): string | undefined {
  return info?.versioningOverride?.pinned?.version?.buildId ?? info?.deploymentVersion?.buildId ?? undefined;
}
