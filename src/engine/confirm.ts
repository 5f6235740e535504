import { attended, listen } from './attention.js';
import type { Judgement, Running } from './ports.js';
import { notify, record, type Run } from './run.js';

/**
 * Reads the baseline's guards once their look-back has passed the rollback. Not green, or no evidence, leaves the
 * rollback `unconfirmed` and raises an incident.
 */
export async function confirmBaseline(run: Run, watching: Running<unknown> | undefined): Promise<boolean> {
  const { state, effects, plan } = run;
  const { subscription } = state;
  if (!watching || !subscription) return true;
  const subscribed = await attended(run, watching);
  const lookBack = Math.max(...plan.guards.map(({ evidence }) => evidence.lookBack));
  const interval = Math.max(...plan.guards.map(({ evidence }) => evidence.interval));
  const from = Math.max(subscription.since, state.unwinding?.verifiedAt ?? 0) + lookBack;
  const deadline = from + plan.deadlines.preflight;

  let reason = subscribed.ok ? 'the sentinel has not spoken' : subscribed.error;
  for (let at = from; subscribed.ok && at <= deadline; at = effects.now() + interval) {
    while (effects.now() < at && !state.haltAsked) await listen(run, at);
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
  notify(run, 'incident', `rolled back and verified, but the baseline is not confirmed: ${reason}`);
  return false;
}

function isGreen({ plan }: Run, judgement: Judgement): boolean {
  return plan.guards.every(({ name }) =>
    judgement.last.some(({ guard, verdict }) => guard === name && verdict === 'pass'),
  );
}
