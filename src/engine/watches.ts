import { attended, pause } from './attention.js';
import type { Watch } from './plan.js';
import type { Judgement } from './ports.js';
import { record, setStatus, stepState, type Run } from './run.js';
import { Stop } from './stop.js';
import { subscribe } from './subscription.js';

/**
 * Holds until every guard has shown good evidence for the whole length of the watch. Time without evidence does not
 * count: the watch is extended by what is missing.
 */
export async function performWatch(run: Run, watch: Watch): Promise<void> {
  const { state, effects, plan } = run;
  const step = stepState(run, watch.id);
  const since = effects.now();
  const progress = { step: watch.id, since, endsAt: since + watch.for, covered: 0 };
  step.status = 'running';
  step.startedAt = since;
  if (plan.guards.length > 0 && !state.subscription) await subscribe(run, state.exposure);
  state.watch = progress;
  record(run, 'watch-started', watch.why, { step: watch.id, epoch: step.epoch });

  for (;;) {
    await holdUntil(run, progress);
    if (plan.guards.length === 0) break;
    const judgement = await judge(run, progress.since);
    if (judgement.verdict === 'fail') throw breach(run, judgement);
    const passes =
      judgement.covered >= watch.for && judgement.last.every(({ verdict }) => verdict === 'pass');
    if (passes && !state.hold) {
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
  while (run.state.hold || run.effects.now() < progress.endsAt) {
    setStatus(run, run.state.hold ? 'holding' : 'watching');
    await pause(run, run.state.hold ? undefined : progress.endsAt);
  }
  setStatus(run, 'watching');
}

async function judge(run: Run, since: number): Promise<Judgement> {
  const { state, effects, plan } = run;
  const { subscription } = state;
  if (!subscription) throw new TypeError('a watch with guards has a subscription');
  const to = effects.now();
  const input = { subscription, from: since, to };
  const result = await attended(run, effects.perform('judge', input, plan.deadlines.preflight));
  if (result.ok) return result.value;
  return { verdict: 'error', reason: result.error, covered: 0, recorded: {}, last: [] };
}

function breach(run: Run, judgement: Judgement): Stop {
  const guard = judgement.last.find(({ verdict }) => verdict === 'fail')?.guard ?? 'a guard';
  record(run, 'breach', judgement.reason, { evidence: { guard } });
  return new Stop({ type: 'breach', guard, reason: judgement.reason });
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
  if (stalled) await subscribe(run, state.exposure);
}

function evidenceOf({ state }: Run) {
  return {
    exposure: state.exposure,
    guards: Object.fromEntries(
      state.readings.map(({ guard, verdict, reason }) => [guard, `${verdict}: ${reason}`]),
    ),
  };
}
