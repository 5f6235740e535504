import { attended } from './attention.js';
import { actsOf } from './plan.js';
import { keyOf, startedActs, type Run } from './run.js';
import { Halt, Stop } from './stop.js';

/**
 * Before the acts of an ended rollout are taken back: an exposure of it that is still under way must not land afterwards,
 * and what its records do not know yet must not have been irreversible.
 *
 * @throws Halt when an irreversible act has had an effect: nothing is taken back past it
 */
export async function fenceLeftovers(run: Run): Promise<void> {
  const { effects, plan } = run;
  const irreversible = actsOf(plan).filter(({ undo }) => undo.type === 'irreversible');
  const exposing = startedActs(run).filter(({ exposure }) => exposure !== undefined);
  for (const act of [...exposing, ...irreversible]) {
    const result = await attended(
      run,
      effects.perform('fence', { act, key: keyOf(run, act.id) }, plan.deadlines.undo),
    );
    if (!result.ok) throw new Stop({ type: 'act-failed', step: act.id, reason: result.error });
    if (act.undo.type === 'irreversible' && result.value.effect !== 'none') {
      throw new Halt(`${act.id} has had an effect: past the point of no return nothing is taken back`);
    }
  }
}
