import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../src/engine/base/errors.js';
import { hasCode, rootMessage } from '../../activities/temporal/failures.js';
import {
  readDeployment,
  setCurrent,
  type Deployment,
  type DeploymentService,
} from '../../activities/temporal/deployment.js';

export interface CurrentClaim {
  readonly service: DeploymentService;
  readonly environment: string;
  /** The build of the worker that has begun to ask for work. */
  readonly build: string;
  /** Leave new rollouts to the current build, if there is one. */
  readonly beside: boolean;
  /** Fires when the worker ends. */
  readonly signal: AbortSignal;
}

/** The server learns of a build from its worker's first questions. */
const lookEvery = 100;
const patience = 60_000;

/**
 * Sees to it that somebody serves new rollouts: makes the build of a worker current when none is, or when the server
 * has known it for less long than the current one. So the newest build has the new rollouts without any command, and
 * a worker of an old build that is started once more takes nothing away from it.
 *
 * @returns the build that is current, when it is another
 * @throws Refusal when the server does not do it, or not for us
 */
export async function claimCurrent(request: CurrentClaim): Promise<string | undefined> {
  const { service, environment, build, signal } = request;
  let until = performance.now() + patience;
  for (let problem = 'it has not heard of this build'; !signal.aborted;) {
    try {
      const deployment = await readDeployment(service, environment);
      const keeps = deployment && keeping(deployment, request);
      if (keeps) return keeps === build ? undefined : keeps;
      if (deployment?.builds.some((known) => known.build === build)) {
        await setCurrent(service, environment, build, deployment.token);
        return undefined;
      }
    } catch (error) {
      // Another worker was quicker, the server has not met all of this worker's pollers yet, or it restarts.
      const unanswered = hasCode(error, 'unavailable', 'deadlineExceeded', 'cancelled');
      if (!unanswered && !hasCode(error, 'failedPrecondition', 'aborted', 'notFound'))
        throw refusal(environment, rootMessage(error));
      problem = rootMessage(error);
      // Silence of a server that is busy, or away, refuses nothing: a worker that gave up then would have to be started again.
      if (unanswered) until = performance.now() + patience;
    }
    if (performance.now() > until) throw refusal(environment, problem);
    await sleep(lookEvery, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** The current build, when it is to stay; undefined when this build takes its place, or is not known yet. */
function keeping({ builds, current }: Deployment, { build, beside }: CurrentClaim): string | undefined {
  if (current === undefined || current === build) return current;
  const seen = (name: string) => builds.find((known) => known.build === name)?.firstSeenAt;
  const [ours, theirs] = [seen(build), seen(current)];
  if (ours === undefined) return undefined;
  return beside || (theirs !== undefined && theirs > ours) ? current : undefined;
}

function refusal(environment: string, reason: string): Refusal {
  return new Refusal(
    `the deployment of environment ${environment}`,
    `cannot be changed on this server (${reason}), so that nobody would serve new rollouts`,
    'it takes a Temporal server from 1.28 on, and the right to write in its namespace',
  );
}
