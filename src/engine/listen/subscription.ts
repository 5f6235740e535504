import { attended, listen } from './attention.js';
import { exposedBy } from '../state/exposed.js';
import type { Act } from '../plan/plan.js';
import { record, type Run } from '../state/run.js';
import { RollBack } from '../state/interruptions.js';
import type { Cause } from '../state/state.js';
import type { Subscription } from '../state/values.js';
import { blamed } from './findings.js';

/** Asks the sentinel to watch every guard as of now; earlier readings become stale. */
export async function subscribe(run: Run, percent: number, next?: Act): Promise<void> {
  await send(run, nextSubscription(run, percent, next));
}

/** Asks again for what is watched already, of a sentinel that may have lost it; what it has seen of that still counts. */
export async function subscribeAgain(run: Run): Promise<void> {
  const before = run.state.subscription;
  if (!before) throw new TypeError('only what was subscribed can be subscribed again');
  const next = nextSubscription(run, before.percent);
  run.state.subscription = { ...next, continues: before.continues ?? before.number };
  await send(run, run.state.subscription);
}

async function send(run: Run, subscription: Subscription): Promise<void> {
  const { effects, plan } = run;
  const result = await attended(run, effects.perform('subscribe', subscription, plan.deadlines.preflight));
  if (!result.ok)
    throw new RollBack({
      type: 'no-leave-from-guards',
      reason: `the sentinel cannot be reached: ${result.error}`,
    });
}

/** The subscription that follows the present one; the sentinel ignores what comes late for an older number. */
export function nextSubscription(run: Run, percent: number, next?: Act): Subscription {
  const { state, effects, plan } = run;
  const now = effects.now();
  const exposed = exposedBy(run, next);
  state.readings = [];
  state.looks = [];
  if (percent > 0) delete state.exposureReadAt;
  state.warmUntil =
    now + Math.max(0, ...plan.guards.map(({ evidence }) => evidence.lookBack + evidence.maxAge));
  const subscription: Subscription = {
    rollout: state.rollout,
    number: (state.subscription?.number ?? 0) + 1,
    guards: plan.guards,
    percent,
    since: now,
    recorded: { ...state.recorded },
    ...(exposed.length > 0 && { exposed }),
  };
  state.subscription = subscription;
  if (percent > 0) state.exposedFrom ??= subscription.number;
  return subscription;
}

/**
 * Waits until every guard passes, now, for the present subscription; throws `RollBack` when that does not come in time, or
 * when `look` throws it.
 */
export async function awaitPassingGuards(
  run: Run,
  look: (run: Run) => void = () => undefined,
): Promise<void> {
  const { state, effects, plan } = run;
  if (plan.guards.length === 0) return;
  if (!state.subscription) await subscribe(run, state.exposure);
  const deadline = effects.now() + plan.deadlines.preflight;
  for (;;) {
    look(run);
    const missing = missingPasses(run);
    const lacking = missing.length > 0 ? missing : await stalePasses(run);
    if (lacking.length === 0) return;
    const now = effects.now();
    if (now >= deadline) throw new RollBack(noLeave(run, lacking));
    await listen(run, missing.length > 0 ? deadline : Math.min(deadline, now + shortestInterval(run)));
  }
}

function noLeave(run: Run, lacking: readonly string[]): Cause {
  const silent = run.state.readings.filter(({ verdict }) => verdict !== 'pass');
  return { type: 'no-leave-from-guards', reason: lacking.join('; '), ...blamed(run, silent) };
}

/** The sentinel speaks only of changes: whether its last pass still holds is asked of the evidence itself. */
async function stalePasses(run: Run): Promise<string[]> {
  const { state, effects, plan } = run;
  const { subscription } = state;
  if (!subscription) return [];
  const to = effects.now();
  const oldest = Math.max(...plan.guards.map(({ evidence }) => evidence.maxAge + evidence.interval));
  const input = { subscription, from: Math.max(subscription.since, to - oldest), to };
  const judged = await attended(run, effects.perform('judge', input, plan.deadlines.preflight));
  if (!judged.ok) return [`the evidence cannot be read: ${judged.error}`];
  return plan.guards.flatMap(({ name }) => {
    const last = judged.value.last.find(({ guard }) => guard === name);
    if (last?.verdict === 'pass') return [];
    return [`${name}: ${last ? `${last.verdict}, ${last.reason}` : 'no reading of late'}`];
  });
}

function shortestInterval({ plan }: Run): number {
  return Math.min(...plan.guards.map(({ evidence }) => evidence.interval));
}

/**
 * Exposure is about to become `percent`: from here on the guards judge who will have the candidate.
 *
 * @returns takes that back, as long as nobody has it
 */
export async function expectExposure(run: Run, act: Act, percent: number): Promise<() => Promise<void>> {
  const { state } = run;
  const { exposure, exposedFrom, subscription } = state;
  await subscribe(run, percent, act);
  // Another target may be exposed further already.
  state.exposure = Math.max(exposure, percent);
  return async () => {
    state.exposure = exposure;
    if (exposedFrom === undefined) delete state.exposedFrom;
    // Guards hold nothing while nobody is exposed, so that nothing would clear it: they have to pass before anybody is.
    if (exposure === 0 && state.hold) {
      delete state.hold;
      record(run, 'hold-cleared', 'nobody is exposed');
    }
    await subscribe(run, subscription?.percent ?? exposure);
  };
}

function missingPasses({ state, plan }: Run): string[] {
  return plan.guards.flatMap(({ name }) => {
    const reading = state.readings.find(({ guard }) => guard === name);
    if (reading?.verdict === 'pass') return [];
    return [`${name}: ${reading ? `${reading.verdict}, ${reading.reason}` : 'no reading from the sentinel'}`];
  });
}
