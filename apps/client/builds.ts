import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Refusal } from '../../src/engine/base/errors.js';
import type { Build, Builds, Moved } from './client.js';
import {
  deploymentOf,
  readDeployment,
  setCurrent,
  type Deployment,
} from '../../activities/temporal/deployment.js';
import { isOpen } from '../../activities/temporal/open.js';
import type { Calls } from './calls.js';
import { answerWithin, type Connected } from './connected.js';
import { hasCode, rootMessage, translate } from '../../activities/temporal/failures.js';
import { Absent } from './refusals.js';
import { partsOf } from './rollout-id.js';
import { rolloutType } from '../../src/protocol/rollout.js';
import { workersOf } from './workers.js';

/** The server answers once every queue knows it. */
const changeWithin = 30_000;
/** `PINNED_OVERRIDE_BEHAVIOR_PINNED` of Temporal's API. */
const pinned = 1;

/** The builds of one server's workers. */
export class TemporalBuilds implements Builds {
  readonly #client: Client;
  readonly #calls: Calls;
  /** The server, for messages. */
  readonly #name: string;

  constructor({ client, calls, name }: Connected) {
    this.#client = client;
    this.#calls = calls;
    this.#name = name;
  }

  async everServed(environment: string): Promise<boolean> {
    return this.#calls.translated(answerWithin, async () => {
      const known = await this.#deployment(environment);
      return known !== undefined || (await workersOf(this.#client, environment)).seenAt.size > 0;
    });
  }

  async list(environment: string): Promise<readonly Build[]> {
    return this.#calls.translated(answerWithin, async () => {
      const [deployment, { seenAt }] = await Promise.all([
        this.#deployment(environment),
        workersOf(this.#client, environment),
      ]);
      const builds = [...(deployment?.builds ?? [])].sort((a, b) => b.firstSeenAt - a.firstSeenAt);
      return Promise.all(
        builds.map(async ({ build, firstSeenAt, status }) => {
          const rollouts = await this.#running(environment, build);
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
    await this.#known(environment, build);
    try {
      const { workflowService } = this.#client;
      const service = { workflowService, namespace: this.#client.options.namespace };
      await this.#calls.make(changeWithin, () => setCurrent(service, environment, build));
    } catch (error) {
      if (!hasCode(error, 'failedPrecondition')) throw translate(error, this.#name);
      const fix = `start one: switchback worker --env ${environment}`;
      throw new Refusal(
        `build ${build}`,
        `has no worker that could do the work (${rootMessage(error)})`,
        fix,
      );
    }
  }

  async move(rollout: string, build: string): Promise<Moved> {
    const environment = partsOf(rollout)?.environment ?? '';
    await this.#known(environment, build);
    const from = await this.#buildOf(rollout);
    const version = { deploymentName: deploymentOf(environment), buildId: build };
    await this.#calls.translated(answerWithin, () =>
      this.#client.workflowService.updateWorkflowExecutionOptions({
        namespace: this.#client.options.namespace,
        workflowExecution: { workflowId: rollout },
        workflowExecutionOptions: { versioningOverride: { pinned: { behavior: pinned, version } } },
        updateMask: { paths: ['versioning_override'] },
      }),
    );
    return { rollout, build, ...(from !== undefined && { from }) };
  }

  /** The build that does a rollout's work; undefined before its first task. Throws Refusal when it is over. */
  async #buildOf(rollout: string): Promise<string | undefined> {
    const handle = this.#client.workflow.getHandle(rollout);
    const found = await this.#calls
      .translated(answerWithin, () => handle.describe())
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw new Absent(`rollout ${rollout}`, 'does not exist', 'see "switchback list --all"');
      });
    if (found.closeTime !== undefined) {
      throw new Refusal(`rollout ${rollout}`, 'is over', 'only one that runs can be moved');
    }
    return buildOf(found.raw.workflowExecutionInfo?.versioningInfo);
  }

  async #known(environment: string, build: string): Promise<void> {
    const deployment = await this.#calls.translated(answerWithin, () => this.#deployment(environment));
    const builds = deployment?.builds.map((known) => known.build) ?? [];
    if (builds.includes(build)) return;
    const fix =
      builds.length > 0
        ? `use one of ${builds.join(', ')}`
        : `no worker has ever run there; start one: switchback worker --env ${environment}`;
    throw new Absent(`build ${build}`, `is not known in environment ${environment}`, fix);
  }

  #deployment(environment: string): Promise<Deployment | undefined> {
    const { workflowService, options } = this.#client;
    return readDeployment({ workflowService, namespace: options.namespace }, environment);
  }

  async #running(environment: string, build: string): Promise<number> {
    const version = `${deploymentOf(environment)}:${build}`;
    const query = `WorkflowType = '${rolloutType}' AND ${isOpen} AND TemporalWorkerDeploymentVersion = '${version}'`;
    return (await this.#client.workflow.count(query)).count;
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
