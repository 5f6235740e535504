import { proxyActivities } from '@temporalio/workflow';
import type { Plan } from '../../src/engine/plan/plan.js';
import { stateOfRecalled, type Recalled } from '../../src/engine/state/recalled.js';
import type { Reverts } from '../../src/engine/state/reverts.js';
import type { RolloutState } from '../../src/engine/state/state.js';
import { refuseToBegin } from './visibility.js';

interface Records {
  recall(input: Reverts): Promise<Recalled>;
}

const records = proxyActivities<Records>({
  // Read from files: an attempt that takes longer is lost, with its worker.
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
});

/** The plan of a rollout that ended, and a state in which all that it may have done waits to be taken back. */
export async function recall(
  own: Pick<
    RolloutState,
    'rollout' | 'environment' | 'startedBy' | 'askedFor' | 'fromFile' | 'start' | 'wait'
  >,
  reverts: Reverts,
): Promise<{ plan: Plan; state: RolloutState }> {
  const recalled = await records.recall(reverts).catch((error: unknown) => {
    const reason =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return refuseToBegin(reason);
  });
  return { plan: recalled.plan, state: stateOfRecalled(recalled, { ...own, reverts }) };
}
