import { attended, listen, rest } from '../listen/attention.js';
import type { Act } from '../plan/plan.js';
import type { Findings } from '../state/values.js';
import type { Result, Running } from '../state/ports.js';
import { keyOf, type Run } from '../state/run.js';

/**
 * Applies an act, over several runs if need be. A run that overflows takes no signal any more before long, and no breach:
 * the act stops at a safe place, and the next run goes on with it. The key is the same, so that what it has done counts.
 */
export async function apply(run: Run, act: Act): Promise<Result<Findings>> {
  const { effects, plan, underWay } = run;
  for (;;) {
    const running = effects.perform(
      'apply',
      { act, key: keyOf(run, act.id) },
      act.within ?? plan.deadlines.act,
    );
    underWay.act = { act, running };
    const cut = await untilEndedOrFull(run, act, running);
    const result = await attended(run, running);
    delete underWay.act;
    if (result.ok || !result.cancelled || !cut) return result;
    await rest(run);
  }
}

/** Whether it was cut short. */
async function untilEndedOrFull(run: Run, act: Act, running: Running<Findings>): Promise<boolean> {
  const isFull = () => isStoppable(act) && run.effects.overflows();
  const either: Running<Findings> = {
    get result() {
      return (
        running.result ?? (isFull() ? { ok: false, error: 'the run is full', cancelled: true } : undefined)
      );
    },
    cancel: () => running.cancel(),
  };
  while (!either.result) await listen(run, undefined, either);
  if (running.result) return false;
  running.cancel();
  return true;
}

/** What exposes takes no time, and what is irreversible is not to be begun twice. */
function isStoppable({ exposure, undo }: Act): boolean {
  return exposure === undefined && undo.type !== 'irreversible';
}
