import { attended, listen } from '../listen/attention.js';
import { raisedTarget } from '../listen/looks.js';
import type { Running } from '../state/ports.js';
import { notify, record, type Run } from '../state/run.js';
import type { Judgement } from '../state/values.js';

/**
 * Reads the baseline's guards once their look-back has passed the rollback. Not green, or no evidence, leaves the
 * rollback `unconfirmed` and raises an incident. Answers nothing when somebody else raises exposure meanwhile: then it
 * is not the baseline alone that is measured.
 */
export async function confirmBaseline(
  run: Run,
  watching: Running<unknown> | undefined,
): Promise<boolean | undefined> {
  const { state, effects, plan } = run;
  const { subscription } = state;
  if (!watching || !subscription || plan.guards.length === 0) return true;
  const subscribed = await attended(run, watching);
  const lookBack = Math.max(...plan.guards.map(({ evidence }) => evidence.lookBack));
  const interval = Math.max(...plan.guards.map(({ evidence }) => evidence.interval));
  const from = Math.max(subscription.since, state.unwinding?.verifiedAt ?? 0) + lookBack;
  const deadline = from + plan.deadlines.preflight;

  let reason = subscribed.ok ? 'the sentinel has not spoken' : subscribed.error;
  for (let at = from; subscribed.ok && at <= deadline; at = effects.now() + interval) {
    while (effects.now() < at && !state.haltAsked && !raisedTarget(run)) await listen(run, at);
    if (raisedTarget(run)) return undefined;
    if (state.haltAsked) {
      reason = `${state.haltAsked.by} did not wait for it: ${state.haltAsked.reason}`;
      break;
    }
    const input = { subscription, from, to: effects.now() };
    const judged = await attended(run, effects.perform('judge', input, plan.deadlines.preflight));
    if (judged.ok && isGreen(run, judged.value)) {
      record(run, 'baseline-confirmed', 'every guard passes for the baseline after the rollback', {
        evidence: Object.fromEntries(judged.value.last.map((reading) => [reading.guard, reading.reason])),
      });
      return true;
    }
    reason = judged.ok ? judged.value.reason : judged.error;
  }
  record(run, 'unconfirmed', reason);
  notify(run, 'incident', `rolled back and verified, but the baseline is not confirmed: ${reason}`, {
    kind: 'unconfirmed',
  });
  return false;
}

function isGreen({ plan }: Run, judgement: Judgement): boolean {
  return plan.guards.every(({ name }) =>
    judgement.last.some(({ guard, verdict }) => guard === name && verdict === 'pass'),
  );
}
