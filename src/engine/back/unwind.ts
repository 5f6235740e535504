import { attended } from '../listen/attention.js';
import { exposingActs } from '../state/exposed.js';
import { actsOf, type Target } from '../plan/plan.js';
import type { Running } from '../state/ports.js';
import { recollect } from './recollect.js';
import { dropWhatIsOpen, notify, record, startedActs, type Run } from '../state/run.js';
import type { Cause, Outcome, Unwinding } from '../state/state.js';
import { describeCause } from '../state/interruptions.js';
import { stayRestored } from './stay-restored.js';
import { nextSubscription } from '../listen/subscription.js';
import { haltWhenAsked } from './halt-asked.js';
import { undoActs } from './undo-acts.js';
import { verifyTargets } from './verify.js';

/** Takes everything back, then reads every target again. An unwinding that has begun goes on where it was. */
export async function unwind(run: Run, unwinding: Unwinding): Promise<Outcome> {
  const { state, plan, effects } = run;
  await recollect(run);
  let watching: Running<unknown> | undefined;
  await undoActs(run, unwinding, startedActs(run).reverse(), {
    // People hear of it once exposure is on its way back, not before.
    begun: () => tell(run, unwinding),
    exposureRestored() {
      watching = startWatchingBaseline(run, unwinding);
    },
  });

  const unverified = await verifyTargets(run, unwinding, Object.keys(state.captures) as Target[]);
  if (unverified.length > 0) return notVerified(unwinding, unverified);
  await haltWhenAsked(run, 'its verification');
  unwinding.verifiedAt ??= effects.now();
  const stayed = await stayRestored(run, unwinding, watching);
  if (stayed.unverified.length > 0) return notVerified(unwinding, stayed.unverified);
  const watched = state.reverts?.rollout ?? state.rollout;
  await attended(run, effects.perform('unsubscribe', { rollout: state.rollout }, plan.deadlines.preflight));
  if (watched !== state.rollout) {
    await attended(run, effects.perform('unsubscribe', { rollout: watched }, plan.deadlines.preflight));
  }
  return {
    type: 'rolled-back',
    reason: describeCause(unwinding.cause),
    cause: unwinding.cause,
    ...(!stayed.confirmed && { unconfirmed: true as const }),
    ...(unwinding.cause.type === 'cancelled' && { cancelled: true as const }),
  };
}

function notVerified({ cause }: Unwinding, targets: readonly Target[]): Outcome {
  return { type: 'halted', reason: `${describeCause(cause)}; not verified: ${targets.join(', ')}` };
}

/** From now on everything is taken back; goes on with what has begun already. */
export function beginUnwinding(run: Run, cause: Cause): Unwinding {
  const { state, effects } = run;
  if (state.unwinding) return state.unwinding;
  dropWhatIsOpen(run);
  delete state.paused;
  const { retreating } = state;
  delete state.retreating;
  state.unwinding = {
    cause,
    since: effects.now(),
    verified: {},
    ...(retreating?.called && { called: true as const }),
    ...(cause.type === 'drift' && { strangerAt: effects.now() }),
    ...(retreating?.exposureRestoredAt !== undefined && {
      exposureRestoredAt: retreating.exposureRestoredAt,
    }),
  };
  record(run, 'unwinding', describeCause(cause));
  return state.unwinding;
}

function tell(run: Run, unwinding: Unwinding): void {
  if (unwinding.told) return;
  unwinding.told = true;
  const { cause } = unwinding;
  notify(run, 'incident', `rolling back: ${describeCause(cause)}`, {
    kind: 'rolling-back',
    ...('source' in cause && { source: cause.source }),
  });
}

/** From here on the sentinel looks at the baseline; the rollback does not wait for its answer. */
function startWatchingBaseline(run: Run, { since }: Unwinding): Running<unknown> | undefined {
  const { state, plan, effects } = run;
  if (plan.guards.length === 0 && exposingActs(run).length === 0) return undefined;
  if (actsOf(plan).length === 0) return undefined;
  const known = state.subscription;
  // Asked by the run before, which ended with nothing under way.
  if (known && known.percent === 0 && known.since >= since) {
    return { result: { ok: true, value: null }, cancel: () => undefined };
  }
  return effects.perform('subscribe', nextSubscription(run, 0), plan.deadlines.preflight);
}
