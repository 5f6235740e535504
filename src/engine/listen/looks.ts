import { exposingActs } from '../state/exposed.js';
import type { Message } from '../state/messages.js';
import type { Target } from '../plan/plan.js';
import { isForeign, type Look } from '../state/look.js';
import { notify, record, stepState, type Run } from '../state/run.js';
import { RollBack } from '../state/interruptions.js';

/** Milliseconds in which the sentinel has looked at an exposed target; later than that, nobody looks. */
const lookWithin = 10_000;

interface LookFinding {
  readonly target: Target;
  readonly reason: string;
}

/** Takes the newest look at each target. What somebody else did is recorded once, in its own words. */
export function takeLooks(run: Run, message: Extract<Message, { type: 'evidence' }>): void {
  for (const look of currentLooks(run, message)) {
    const before = run.state.looks?.find(({ target }) => target === look.target);
    if (before && before.at > look.at) continue;
    forgetLook(run, look.target);
    run.state.looks = [...(run.state.looks ?? []), look];
    if (isForeign(look) && !(before && isSame(before, look))) tellDrift(run, look);
  }
}

/** What was read of a target before it was written, or read in another way, says nothing of now. */
export function forgetLook({ state }: Run, target: Target): void {
  if (state.looks) state.looks = state.looks.filter((look) => look.target !== target);
}

/** A target that somebody else raised. */
export function raisedTarget({ state }: Run): Look | undefined {
  return state.looks?.find(({ verdict }) => verdict === 'raised');
}

/**
 * Somebody has the candidate whom this rollout did not give it to: throws `RollBack`. While it is being taken back anyway
 * it does not matter why.
 */
export function reviewRaised(run: Run): void {
  const raised = raisedTarget(run);
  if (!raised || run.state.retreating) return;
  throw new RollBack({ type: 'drift', target: raised.target, reason: raised.reason });
}

/**
 * Why nothing moves forward, if anything keeps it: while an exposed target is not as it was left, what is measured is
 * not what the watch is about, and its time does not count.
 */
export function reviewLooks(run: Run): readonly LookFinding[] {
  const { watch, exposure } = run.state;
  const findings = exposure > 0 ? lookFindings(run) : [];
  if (watch && findings.length > 0) watch.disturbedSince ??= run.effects.now();
  else if (watch?.disturbedSince !== undefined) {
    const lost = run.effects.now() - watch.disturbedSince;
    watch.lost = (watch.lost ?? 0) + lost;
    watch.endsAt += lost;
    delete watch.disturbedSince;
  }
  return findings;
}

/** A target that is not as it was left, or that nobody has read. */
function lookFindings(run: Run): LookFinding[] {
  const { state, effects } = run;
  const { subscription, looks = [] } = state;
  const late = effects.now() >= lookDeadline(run)!;
  return (subscription?.exposed ?? []).flatMap(({ target }) => {
    const look = looks.find((one) => one.target === target);
    if (look) return isFine(run, look) ? [] : [{ target, reason: look.reason }];
    return late ? [{ target, reason: 'nobody has looked at it of late' }] : [];
  });
}

/** When a target has to have been looked at, in milliseconds since the epoch; undefined when all have been. */
export function lookDue(run: Run): number | undefined {
  const due = lookDeadline(run);
  return due === undefined || run.effects.now() >= due || everyTargetSeen(run) ? undefined : due;
}

/** Whether each exposed target has been looked at since exposure changed. */
export function everyTargetSeen({ state: { subscription, looks = [] } }: Run): boolean {
  return (subscription?.exposed ?? []).every(({ target }) => looks.some((look) => look.target === target));
}

function lookDeadline({ state: { subscription } }: Run): number | undefined {
  return subscription && subscription.since + lookWithin;
}

/** Looks for an older subscription are stale, but for one: what somebody raised then is raised still. */
function currentLooks({ state }: Run, { subscription, looks = [] }: Parameters<typeof takeLooks>[1]) {
  if (subscription === state.subscription?.number) return looks;
  if (state.exposedFrom === undefined || subscription < state.exposedFrom) return [];
  return looks.filter(({ verdict }) => verdict === 'raised');
}

/** Not written yet is as it should be until it is done; after that, the record of who wrote it is gone. */
function isFine(run: Run, { target, verdict, at }: Look): boolean {
  if (verdict === 'as-left') return true;
  if (verdict !== 'unwritten') return false;
  const act = exposingActs(run).find((one) => one.target === target);
  const { status, endedAt } = act ? stepState(run, act.id) : {};
  return status !== 'done' || endedAt === undefined || at <= endedAt;
}

function isSame(a: Look, b: Look): boolean {
  return a.verdict === b.verdict && a.leftAt === b.leftAt;
}

function tellDrift(run: Run, { target, verdict, reason, percent }: Look): void {
  const { state } = run;
  const evidence = { target, verdict, ...(percent !== undefined && { percent }) };
  record(run, 'drift', `${target} was ${verdict} by somebody else: ${reason}`, { evidence });
  const contested = state.unwinding ?? state.retreating;
  if (verdict === 'raised' && contested) {
    contested.strangerAt = run.effects.now();
    delete contested.exposureRestoredAt;
  }
  // What was raised is told with what follows from it.
  if (verdict !== 'raised' && !contested && !state.halting && !state.outcome) {
    notify(run, 'incident', `${target} was ${verdict} by somebody else, on hold: ${reason}`, {
      kind: 'drift',
    });
  }
}
