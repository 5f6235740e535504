import { attend, attended, pause } from './attention.js';
import type { Watch } from './plan.js';
import type { Judgement, Result } from './ports.js';
import { record, setStatus, stepState, type Run } from './run.js';
import { Stop } from './stop.js';
import { subscribe, subscribeAgain } from './subscription.js';

/**
 * Holds until every guard has shown good evidence for the whole length of the watch. Time without evidence does not
 * count: the watch is extended by what is missing.
 */
export async function performWatch(run: Run, watch: Watch): Promise<void> {
  const { state, effects, plan } = run;
  const step = stepState(run, watch.id);
  const since = effects.now();
  const progress: Progress = { step: watch.id, since, endsAt: since + watch.for, covered: 0 };
  step.status = 'running';
  step.startedAt = since;
  if (plan.guards.length > 0 && !state.subscription) await subscribe(run, state.exposure);
  state.watch = progress;
  record(run, 'watch-started', watch.why, { step: watch.id, epoch: step.epoch });

  for (;;) {
    await holdUntil(run, progress);
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
    if (isWhole(run, watch, judgement) && !state.hold) {
      Object.assign(state.recorded, judgement.recorded);
      break;
    }
    await extend(run, watch, progress, judgement);
  }

  delete state.watch;
  step.status = 'done';
  step.endedAt = effects.now();
  record(run, 'watch-passed', watch.verify, { step: watch.id, epoch: step.epoch, evidence: evidenceOf(run) });
}

type Progress = NonNullable<Run['state']['watch']>;

async function holdUntil(run: Run, progress: Progress): Promise<void> {
  const blocked = () => run.state.hold !== undefined && progress.unjudged === undefined;
  while (blocked() || run.effects.now() < progress.endsAt) {
    setStatus(run, run.state.hold ? 'holding' : 'watching');
    await pause(run, blocked() ? undefined : progress.endsAt);
  }
  setStatus(run, 'watching');
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
function judgeLater(run: Run, progress: Progress, reason: string): void {
  progress.unjudged = reason;
  progress.endsAt = run.effects.now() + Math.max(...run.plan.guards.map(({ evidence }) => evidence.interval));
  attend(run);
}

/** A guard that failed in the window, and whose failure the plan answers with rolling back. */
function rollingBack({ plan }: Run, { failed }: Judgement): string | undefined {
  return plan.guards.find(({ name, on }) => failed.includes(name) && on.fail === 'roll-back')?.name;
}

/** The whole length has evidence, and nothing that the plan does not let continue was seen last. */
function isWhole({ plan }: Run, watch: Watch, { covered, last }: Judgement): boolean {
  return (
    covered >= watch.for &&
    plan.guards.every(({ name, on }) => {
      const verdict = last.find(({ guard }) => guard === name)?.verdict ?? 'no-evidence';
      return verdict === 'pass' || on[verdict] === 'continue';
    })
  );
}

function breach(run: Run, guard: string, { reason }: Judgement): Stop {
  record(run, 'breach', reason, { evidence: { guard } });
  return new Stop({ type: 'breach', guard, reason });
}

/** Without growth the sentinel is asked anew: if it stays silent, its silence becomes a hold. */
async function extend(run: Run, watch: Watch, progress: Progress, judgement: Judgement): Promise<void> {
  const { state, effects, plan } = run;
  const now = effects.now();
  const stalled = judgement.covered <= progress.covered && now >= state.warmUntil;
  const shortest = Math.max(...plan.guards.map(({ evidence }) => evidence.interval));
  progress.covered = judgement.covered;
  progress.endsAt = now + Math.max(shortest, watch.for - judgement.covered);
  record(run, 'watch-extended', judgement.reason, {
    step: watch.id,
    evidence: { coveredMs: judgement.covered, ofMs: watch.for, endsAt: progress.endsAt },
  });
  if (!stalled) return;
  progress.unjudged = judgement.reason;
  await subscribeAgain(run);
  progress.endsAt = effects.now() + Math.max(shortest, state.warmUntil - effects.now());
}

function evidenceOf({ state }: Run) {
  return {
    exposure: state.exposure,
    guards: Object.fromEntries(
      state.readings.map(({ guard, verdict, reason }) => [guard, `${verdict}: ${reason}`]),
    ),
  };
}
