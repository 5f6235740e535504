import { attended } from '../listen/attention.js';
import { actsOf, type Act } from '../plan/plan.js';
import { keyOf, startedActs, type Run } from '../state/run.js';
import { Halt } from '../state/interruptions.js';

/**
 * Before the acts of a run that has ended are taken back: an exposure of it that is still under way must not land
 * afterwards, and what its records do not know yet must not have been irreversible.
 *
 * @param onFailure hears that an act could not be fenced; when it does not throw, the act is fenced again
 * @throws Halt when an irreversible act has had an effect: nothing is taken back past it
 */
export async function fenceLeftovers(
  run: Run,
  onFailure: (act: Act, problem: string) => Promise<void>,
): Promise<void> {
  const irreversible = actsOf(run.plan).filter(({ undo }) => undo.type === 'irreversible');
  const exposing = startedActs(run).filter(({ exposure }) => exposure !== undefined);
  for (const act of exposing) await fence(run, act, onFailure);
  for (const act of irreversible) {
    if ((await fence(run, act, onFailure)) === 'none') continue;
    throw new Halt(`${act.id} has had an effect: past the point of no return nothing is taken back`);
  }
}

async function fence(run: Run, act: Act, onFailure: Parameters<typeof fenceLeftovers>[1]) {
  const { effects, plan } = run;
  for (;;) {
    const input = { act, key: keyOf(run, act.id) };
    const result = await attended(run, effects.perform('fence', input, plan.deadlines.undo));
    if (result.ok) return result.value.effect;
    await onFailure(act, result.error);
  }
}
