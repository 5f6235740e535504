import { attended } from './attention.js';
import { actsOf } from './plan.js';
import { keyOf, record, type Run } from './run.js';
import { acquireScope } from './scope.js';
import { Stop } from './stop.js';
import { awaitPassingGuards } from './subscription.js';

/** Milliseconds for each check: whoever started the rollout still sits there, and nothing has been changed. */
const checkWithin = 20_000;

/** Looks before the first act: the scope is free, every act fits, and every guard passes once. Changes nothing. */
export async function preflight(run: Run): Promise<void> {
  const { effects, plan, state } = run;
  if (state.ready) return;
  await acquireScope(run);
  for (const act of actsOf(plan)) {
    // What a run before a reset has captured it had checked, and may have changed since.
    if (state.captures[act.target]) continue;
    const result = await attended(
      run,
      effects.perform(
        'check',
        { act, key: keyOf(run, act.id) },
        Math.min(checkWithin, plan.deadlines.preflight),
      ),
    );
    if (!result.ok) throw new Stop({ type: 'act-failed', step: act.id, reason: result.error });
  }
  await awaitPassingGuards(run, refuseBrokenSource);
  state.ready = true;
  record(run, 'preflight-passed', 'every act fits the environment and every guard passes');
}

/** A source that answers nonsense is set up wrongly: waiting would not mend it. */
function refuseBrokenSource({ state }: Run): void {
  const broken = state.readings.find(({ verdict }) => verdict === 'error');
  if (broken) throw new Stop({ type: 'no-leave-from-guards', reason: `${broken.guard}: ${broken.reason}` });
}
