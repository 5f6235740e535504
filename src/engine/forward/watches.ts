import { attend, attended } from '../listen/attention.js';
import { restUntil } from '../listen/drilled.js';
import { everyTargetSeen } from '../listen/looks.js';
import type { Watch } from '../plan/plan.js';
import type { Result } from '../state/ports.js';
import { record, stepState, type Run } from '../state/run.js';
import type { OpenWatch } from '../state/state.js';
import { RollBack } from '../state/interruptions.js';
import { subscribe, subscribeAgain } from '../listen/subscription.js';
import type { GuardReading, Judgement } from '../state/values.js';

/**
 * Holds until every guard has shown good evidence for the whole length of the watch. Time without evidence does not
 * count: the watch is extended by what is missing.
 */
export async function performWatch(run: Run, watch: Watch): Promise<void> {
  const { state, effects, plan } = run;
  const step = stepState(run, watch.id);
  if (plan.guards.length > 0 && !state.subscription) await subscribe(run, state.exposure);
  const progress = state.watch ?? startWatch(run, watch);

  let evidence: readonly GuardReading[] = [];
  for (;;) {
    await untilDue(run, progress);
    if (plan.guards.length === 0) break;
    const judged = await judge(run, progress.since);
    if (!judged.ok) {
      judgeLater(run, progress, judged.error);
      continue;
    }
    const judgement = judged.value;
    if (judgement.covered > progress.covered || judgement.verdict === 'pass') delete progress.unjudged;
    attend(run);
    const breached = rollingBack(run, judgement);
    if (breached !== undefined) throw breach(run, breached, judgement);
    if (!isWhole(run, lengthOf(watch, progress), judgement) || state.hold) {
      await extend(run, watch, progress, judgement);
      continue;
    }
    if (state.paused) continue;
    Object.assign(state.recorded, judgement.recorded);
    evidence = judgement.last;
    break;
  }

  delete state.watch;
  step.status = 'done';
  step.endedAt = effects.now();
  record(run, 'watch-passed', watch.verify, {
    step: watch.id,
    epoch: step.epoch,
    evidence: { exposure: state.exposure, guards: inWords(evidence) },
  });
}

function startWatch(run: Run, watch: Watch): OpenWatch {
  const { state, effects } = run;
  const step = stepState(run, watch.id);
  const since = effects.now();
  step.status = 'running';
  step.startedAt = since;
  state.watch = { step: watch.id, since, endsAt: since + watch.for, covered: 0 };
  record(run, 'watch-started', watch.why, { step: watch.id, epoch: step.epoch });
  return state.watch;
}

/** Paused or on hold it goes on for as long as that lasts: evidence is gathered, but nothing ends. */
async function untilDue(run: Run, progress: OpenWatch): Promise<void> {
  const { state, effects } = run;
  const blocked = () =>
    state.paused !== undefined || (state.hold !== undefined && progress.unjudged === undefined);
  // Also without guards: a watch over what nobody has looked at has watched nothing.
  const unseen = () => state.exposure > 0 && (!everyTargetSeen(run) || progress.disturbedSince !== undefined);
  while (blocked() || effects.now() < progress.endsAt || unseen()) {
    const until = blocked() || effects.now() >= progress.endsAt ? undefined : progress.endsAt;
    await restUntil(run, until, progress.since);
  }
}

/**
 * The evidence a watch needs, in milliseconds: as the plan says, with what operators added or the plan lets them cut, and
 * with the time in which what was exposed was not what this rollout had left.
 */
function lengthOf({ for: planned, early }: Watch, { extended = 0, advanced, lost = 0 }: OpenWatch): number {
  const whole = planned + extended;
  return lost + (advanced && early ? Math.min(whole, early.after) : whole);
}

async function judge(run: Run, since: number): Promise<Result<Judgement>> {
  const { state, effects, plan } = run;
  const { subscription } = state;
  if (!subscription) throw new TypeError('a watch with guards has a subscription');
  const to = effects.now();
  const input = { subscription, from: since, to };
  return attended(run, effects.perform('judge', input, plan.deadlines.preflight));
}

/** The evidence stays where it is, so nothing of the window is lost; but what nobody can judge holds. */
function judgeLater(run: Run, progress: OpenWatch, reason: string): void {
  progress.unjudged = reason;
  progress.endsAt = run.effects.now() + Math.max(...run.plan.guards.map(({ evidence }) => evidence.interval));
  attend(run);
}

/** A guard that failed in the window, and whose failure the plan answers with rolling back. */
function rollingBack({ plan }: Run, { failed }: Judgement): string | undefined {
  return plan.guards.find(({ name, on }) => failed.includes(name) && on.fail === 'roll-back')?.name;
}

/** The whole length has evidence, and nothing that the plan does not let continue was seen last. */
function isWhole({ plan }: Run, length: number, { covered, last }: Judgement): boolean {
  return (
    covered >= length &&
    plan.guards.every(({ name, on }) => {
      const verdict = last.find(({ guard }) => guard === name)?.verdict ?? 'no-evidence';
      return verdict === 'pass' || on[verdict] === 'continue';
    })
  );
}

function breach(run: Run, guard: string, { reason }: Judgement): RollBack {
  record(run, 'breach', reason, { evidence: { guard } });
  return new RollBack({ type: 'breach', guard, reason });
}

/** Without growth the sentinel is asked anew: if it stays silent, its silence becomes a hold. */
async function extend(run: Run, watch: Watch, progress: OpenWatch, judgement: Judgement): Promise<void> {
  const { state, effects, plan } = run;
  const now = effects.now();
  const stalled = judgement.covered <= progress.covered && now >= state.warmUntil;
  const shortest = Math.max(...plan.guards.map(({ evidence }) => evidence.interval));
  progress.covered = judgement.covered;
  const length = lengthOf(watch, progress);
  progress.endsAt = now + Math.max(shortest, length - judgement.covered);
  record(run, 'watch-extended', judgement.reason, {
    step: watch.id,
    evidence: { coveredMs: judgement.covered, ofMs: length, endsAt: progress.endsAt },
  });
  if (!stalled) return;
  progress.unjudged = judgement.reason;
  await subscribeAgain(run);
  progress.endsAt = effects.now() + Math.max(shortest, state.warmUntil - effects.now());
}

function inWords(readings: readonly GuardReading[]) {
  return Object.fromEntries(readings.map(({ guard, verdict, reason }) => [guard, `${verdict}: ${reason}`]));
}
