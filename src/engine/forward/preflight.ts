import { attended } from '../listen/attention.js';
import { actsOf } from '../plan/plan.js';
import { beware } from '../state/blind-spots.js';
import { keyOf, notify, record, type Run } from '../state/run.js';
import { refuseWithoutQuorum } from '../listen/able.js';
import { acquireScope, lookWithin } from '../listen/scope.js';
import { warningsFrom } from '../state/checked.js';
import { RollBack } from '../state/interruptions.js';
import { blamed } from '../listen/findings.js';
import { awaitPassingGuards } from '../listen/subscription.js';
import { warningsOf } from '../plan/warnings.js';

/** Looks before the first act: the scope is free, every act fits, and every guard passes once. Changes nothing. */
export async function preflight(run: Run): Promise<void> {
  const { effects, plan, state } = run;
  if (state.ready) return;
  await acquireScope(run);
  const acts = actsOf(plan);
  for (const act of acts) {
    // What a run before a reset has captured it had checked, and may have changed since.
    if (state.captures[act.target]) continue;
    const result = await attended(
      run,
      effects.perform(
        'check',
        { act, key: keyOf(run, act.id), acts: acts.filter(({ target }) => target === act.target) },
        Math.min(lookWithin, plan.deadlines.preflight),
      ),
    );
    if (!result.ok) throw new RollBack({ type: 'act-failed', step: act.id, reason: result.error });
    state.house = { ...state.house, ...result.value.house };
    for (const warning of warningsFrom(result.value)) record(run, 'warning', warning, { step: act.id });
  }
  await refuseWithoutQuorum(run);
  await awaitPassingGuards(run, refuseBrokenSource);
  for (const warning of warningsOf(plan)) record(run, 'warning', warning);
  state.ready = true;
  const blind = beware(state);
  const passed = `every act fits the environment and every guard passes${blind?.text ?? ''}`;
  record(run, 'preflight-passed', passed, blind && { evidence: blind.evidence });
  if (blind) notify(run, 'news', passed);
}

/** A source that answers nonsense is set up wrongly: waiting would not fix it. */
function refuseBrokenSource(run: Run): void {
  const broken = run.state.readings.find(({ verdict }) => verdict === 'error');
  if (!broken) return;
  const { guard } = broken;
  const reason = `${guard}: ${broken.reason}`;
  throw new RollBack({ type: 'no-leave-from-guards', reason, ...blamed(run, [broken]) });
}
