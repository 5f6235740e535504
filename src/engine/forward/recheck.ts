import { attended } from '../listen/attention.js';
import { askOperator } from '../listen/operator.js';
import type { Act, Exposure } from '../plan/plan.js';
import { record, startedActs, type Run } from '../state/run.js';
import { Halt } from '../state/interruptions.js';
import type { Result } from '../state/ports.js';
import type { Findings } from '../state/values.js';

/**
 * Before everybody gets the candidate, whatever earlier acts promised is read again: a canary of days is long enough for
 * it to have been broken. While it does not hold nobody more is exposed, and an operator is asked.
 */
export async function recheckBefore(run: Run, { percent }: Exposure): Promise<void> {
  const { state } = run;
  // Past it there may be nothing left to compare.
  if (state.noReturn || (state.phase !== 'promote' && percent < 100)) return;
  for (const act of startedActs(run)) await recheck(run, act);
}

async function recheck(run: Run, act: Act): Promise<void> {
  const { state } = run;
  if (!act.recheck) return;
  for (;;) {
    let reason = '';
    // Asked in an earlier run already.
    if (state.stuck?.step !== act.id) {
      const result = await look(run, {
        ...act,
        id: `${act.id}/recheck`,
        do: act.recheck,
        undo: { type: 'nothing', because: 'it only reads' },
      });
      if (result.ok) {
        record(run, 'rechecked', `${act.id} still holds`, { step: act.id, evidence: result.value });
        return;
      }
      reason = result.error;
    }
    const problem = `what it promised does not hold any more: ${reason}`;
    const decided = await askOperator(run, { step: act.id, problem, choices: ['retry', 'halt'] });
    if (decided.choice === 'halt') throw new Halt(`${decided.by} halted at ${act.id}: ${decided.reason}`);
  }
}

/** Under a key of its own each time: what an earlier look found says nothing about now. */
async function look(run: Run, act: Act): Promise<Result<Findings>> {
  const { effects, plan, state, underWay } = run;
  const key = { rollout: state.rollout, step: `${act.id}/${effects.now()}`, epoch: 0 };
  const running = effects.perform('apply', { act, key }, plan.deadlines.act);
  underWay.act = { act, running };
  const result = await attended(run, running);
  delete underWay.act;
  return result;
}
