import { proxyActivities } from '@temporalio/workflow';
import type { Plan } from '../src/engine/plan.js';
import { initialState, type RolloutState } from '../src/engine/state.js';
import type { Recalled, TakesBack } from '../src/engine/takes-back.js';
import { refuseToBegin } from './visibility.js';

interface Records {
  recall(input: TakesBack): Promise<Recalled>;
}

const records = proxyActivities<Records>({
  // Read from files: an attempt that takes longer is lost, with its worker.
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '500ms', maximumInterval: '10s' },
});

/** The plan of a rollout that ended, and a state in which all that it may have done waits to be taken back. */
export async function recall(
  own: Pick<RolloutState, 'rollout' | 'environment' | 'startedBy' | 'wait'>,
  takesBack: TakesBack,
): Promise<{ plan: Plan; state: RolloutState }> {
  const { plan, digest, started, epochs, captures, exposure } = await records
    .recall(takesBack)
    .catch((error: unknown) => {
      const reason =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      return refuseToBegin(reason);
    });
  const state = initialState(plan, { ...own, digest, takesBack });
  state.started = [...started];
  state.exposure = exposure;
  for (const id of started) state.steps[id] = { status: 'done', epoch: epochs[id] ?? 0 };
  for (const capture of captures) state.captures[capture.target] = capture;
  return { plan, state };
}
