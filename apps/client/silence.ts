import { buildOf } from './builds.js';
import { answerWithin, type Connected } from './connected.js';
import { pausedInTemporal, type StandsStill } from './paused.js';
import { partsOf } from './rollout-id.js';
import { absence, workersOf } from './workers.js';

/** Why a rollout answers nobody, when it is that no worker would, and what to do. */
export function absenceOf({ client, calls }: Connected, rollout: string): Promise<StandsStill> {
  const environment = partsOf(rollout)?.environment ?? '';
  return calls.translated(answerWithin, async () => {
    const workers = await workersOf(client, environment);
    const { raw } = await client.workflow.getHandle(rollout).describe();
    return absence(rollout, environment, buildOf(raw.workflowExecutionInfo?.versioningInfo), workers);
  });
}

/** Why it answers nobody, when somebody paused it in Temporal. */
export function pauseOf({ client, calls }: Connected, rollout: string): Promise<StandsStill | undefined> {
  return calls.translated(answerWithin, () => pausedInTemporal(client, rollout));
}
