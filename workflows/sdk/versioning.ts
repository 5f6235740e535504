import type { VersioningBehavior } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

type Behaviour = () => { versioningBehavior?: VersioningBehavior };

/** Stays with the build that started it, across continue-as-new too, until an operator moves it. */
export const pinned: Behaviour = () => behaviour('PINNED');

/** Goes on with the current build at its next task. */
export const moving: Behaviour = () => behaviour('AUTO_UPGRADE');

/** The server refuses every task of a worker that names a behaviour without being part of a deployment. */
function behaviour(versioningBehavior: VersioningBehavior): ReturnType<Behaviour> {
  return workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {};
}
