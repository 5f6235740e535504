import { attended, pause } from './attention.js';
import type { Subscription } from './ports.js';
import type { Run } from './run.js';
import { Stop } from './stop.js';

/** Asks the sentinel to watch every guard as of now; earlier readings become stale. */
export async function subscribe(run: Run, percent: number): Promise<Subscription> {
  const { state, effects, plan } = run;
  const subscription = nextSubscription(run, percent);
  const result = await attended(run, effects.perform('subscribe', subscription, plan.deadlines.preflight));
  if (!result.ok)
    throw new Stop({
      type: 'no-leave-from-guards',
      reason: `the sentinel cannot be reached: ${result.error}`,
    });
  return (state.subscription = subscription);
}

/** The subscription that follows the present one; the sentinel ignores what comes late for an older number. */
export function nextSubscription({ state, effects, plan }: Run, percent: number): Subscription {
  const now = effects.now();
  state.readings = [];
  state.warmUntil =
    now + Math.max(0, ...plan.guards.map(({ evidence }) => evidence.lookBack + evidence.maxAge));
  const subscription: Subscription = {
    rollout: state.rollout,
    number: (state.subscription?.number ?? 0) + 1,
    guards: plan.guards,
    percent,
    since: now,
    recorded: { ...state.recorded },
  };
  state.subscription = subscription;
  if (percent > 0) state.exposedFrom ??= subscription.number;
  return subscription;
}

/** Waits until every guard has passed for the present subscription; throws `Stop` when that does not come in time. */
export async function awaitPassingGuards(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  if (plan.guards.length === 0) return;
  if (!state.subscription) await subscribe(run, state.exposure);
  const deadline = effects.now() + plan.deadlines.preflight;
  while (missingPasses(run).length > 0) {
    if (effects.now() >= deadline) {
      throw new Stop({ type: 'no-leave-from-guards', reason: missingPasses(run).join('; ') });
    }
    await pause(run, deadline);
  }
}

/** Exposure is about to become `percent`: from here on the guards judge who will have the candidate. */
export async function expectExposure(run: Run, percent: number): Promise<void> {
  if (run.plan.guards.length > 0) await subscribe(run, percent);
  run.state.exposure = percent;
}

function missingPasses({ state, plan }: Run): string[] {
  return plan.guards.flatMap(({ name }) => {
    const reading = state.readings.find(({ guard }) => guard === name);
    if (reading?.verdict === 'pass') return [];
    return [`${name}: ${reading ? `${reading.verdict}, ${reading.reason}` : 'no reading from the sentinel'}`];
  });
}
