import { decide, refuseUnauthorised } from '../decide/decisions.js';
import { everyTargetSeen, lookDue, reviewLooks, reviewRaised, takeLooks } from './looks.js';
import type { Message } from '../state/messages.js';
import type { Guard } from '../plan/plan.js';
import type { Result, Running } from '../state/ports.js';
import { noticeReset } from './reset.js';
import { isOver, notify, record, type Run } from '../state/run.js';
import { Renewal, RollBack } from '../state/interruptions.js';
import type { GuardReading } from '../state/values.js';
import { blamed, describeFindings, type Finding } from './findings.js';
import { gateDue, reviewGate } from './gate-due.js';
import { hearOfScope } from './told-of-scope.js';
import { goBlind, seeAgain } from './sight.js';
import { callDeadline, reviewExposure } from './still-exposed.js';

/**
 * The only place where a rollout waits. Whatever it waits for, it keeps listening: decisions, readings and the
 * deadlines of a hold are dealt with here, and may throw `RollBack`, `Halt` or `Retreat`.
 */
export async function listen(run: Run, until?: number, running?: Running<unknown>): Promise<void> {
  await run.effects.wait(earliest(until, deadlines(run)), running);
  attend(run);
}

/**
 * Listens where nothing is under way and the state alone says how to go on: the only place where a long rollout may
 * continue in a new run. Throws `Renewal` then.
 */
export async function rest(run: Run, until?: number): Promise<void> {
  const { effects } = run;
  const end = () => earliest(until, deadlines(run));
  if (effects.renews(end())) throw new Renewal();
  await effects.wait(end(), undefined, true);
  attend(run);
  if (effects.renews(end())) throw new Renewal();
}

/** Waits for a verb to end, listening meanwhile. */
export async function attended<T>(run: Run, running: Running<T>): Promise<Result<T>> {
  while (!running.result) await listen(run, undefined, running);
  attend(run);
  return running.result;
}

/** Deals with everything that has arrived and everything that is due. */
export function attend(run: Run): void {
  reviewGate(run);
  for (let message = run.effects.next(); message; message = run.effects.next()) {
    receive(run, message);
    // At once: a reading that came after it must not hide a breach, nor an approval pass over a hold.
    reviewGuards(run);
  }
  reviewGuards(run);
  reviewHold(run);
  reviewExposure(run);
}

function receive(run: Run, message: Message): void {
  const { state } = run;
  switch (message.type) {
    case 'evidence':
      if (message.subscription === state.subscription?.number) seeAgain(run);
      mergeReadings(run, currentReadings(run, message));
      takeLooks(run, message);
      return;
    case 'blind':
      if ((message.subscription ?? state.subscription?.number) === state.subscription?.number) {
        goBlind(run, message.reason);
      }
      return;
    case 'cancel':
      if (state.unwinding || state.halting || state.outcome) return;
      throw new RollBack({ type: 'cancelled', reason: message.reason });
    case 'lock':
      hearOfScope(run, message.answer);
      return;
    case 'reset':
      return noticeReset(run);
    case 'unauthorised':
      return refuseUnauthorised(run, message);
    case 'dismissed': {
      const { count, by, reason } = message;
      record(run, 'decisions-refused', reason, { evidence: { count, by } });
      return;
    }
    case 'ignored':
      record(run, 'ignored', message.reason, { evidence: { count: message.count } });
      return;
    default:
      return decide(run, message);
  }
}

/**
 * Readings for an older subscription are stale, but for one: a candidate that failed under less exposure has failed,
 * and its breach must not be lost because the exposure was just being raised.
 */
function currentReadings(
  { state, plan }: Run,
  message: Extract<Message, { type: 'evidence' }>,
): readonly GuardReading[] {
  const { subscription, exposedFrom } = state;
  const readings = message.readings.filter(({ guard }) => plan.guards.some(({ name }) => name === guard));
  if (message.subscription === subscription?.number) return readings;
  if (exposedFrom === undefined || message.subscription < exposedFrom) return [];
  return readings.filter(({ verdict }) => verdict === 'fail');
}

function mergeReadings({ state }: Run, readings: readonly GuardReading[]): void {
  const byGuard = new Map(state.readings.map((reading) => [reading.guard, reading]));
  for (const reading of readings) byGuard.set(reading.guard, reading);
  state.readings = [...byGuard.values()];
}

function reviewGuards(run: Run): void {
  const { state } = run;
  if (isOver(run)) return;
  reviewRaised(run);
  if (!state.subscription || (state.exposure === 0 && !state.watch)) return;
  const findings = [
    ...lookedAt(run),
    ...run.plan.guards.flatMap((guard) => findingOf(run, guard)),
    ...unjudged(run),
  ];
  const breach = findings.find(({ reaction }) => reaction === 'roll-back');
  if (breach) {
    record(run, 'breach', breach.reason, { evidence: { guard: breach.guard } });
    const { guard, reason } = breach;
    throw new RollBack({ type: 'breach', guard, reason, ...blamed(run, [breach]) });
  }
  // Exposure is on its way back already, and nothing moves forward meanwhile.
  if (state.retreating) return;
  const ask = findings.some(({ reaction }) => reaction === 'ask');
  const held = findings.filter(({ reaction }) => reaction !== 'continue');
  if (held.length > 0) hold(run, held, ask);
  else if (everyGuardSpoke(run) && everyTargetSeen(run)) clearHold(run);
}

function lookedAt(run: Run): Finding[] {
  return reviewLooks(run).map(({ target, reason }) => ({ reaction: 'hold', guard: target, reason }));
}

/** Evidence that is only late clears nothing. */
function everyGuardSpoke({ state, plan }: Run): boolean {
  return plan.guards.every(({ name, on }) =>
    state.readings.some(
      ({ guard, verdict }) => guard === name && (verdict === 'pass' || on[verdict] === 'continue'),
    ),
  );
}

function unjudged({ state: { watch } }: Run): Finding[] {
  if (watch?.unjudged === undefined) return [];
  return [{ reaction: 'hold', guard: watch.step, reason: `its window cannot be judged: ${watch.unjudged}` }];
}

function findingOf({ state, effects }: Run, guard: Guard): Finding[] {
  const reading = state.readings.find((candidate) => candidate.guard === guard.name);
  const verdict = reading?.verdict ?? 'no-evidence';
  if (verdict === 'pass') return [];
  if (verdict !== 'fail' && effects.now() < state.warmUntil) return [];
  const reason = reading?.reason ?? 'the sentinel has not spoken since the exposure changed';
  return [
    {
      reaction: guard.on[verdict],
      guard: guard.name,
      reason: verdict === 'fail' ? reason : `${verdict}, ${reason}`,
    },
  ];
}

function hold(run: Run, findings: readonly Finding[], askNow: boolean): void {
  const { state, plan } = run;
  const reason = describeFindings(findings);
  const because = blamed(run, findings);
  if (state.hold) {
    state.hold.reason = reason;
    delete state.hold.source;
    Object.assign(state.hold, because);
    if (askNow) state.hold.askAt = Math.min(state.hold.askAt, run.effects.now());
    return;
  }
  const since = run.effects.now();
  state.hold = {
    since,
    reason,
    ...because,
    askAt: askNow ? since : since + plan.deadlines.ask,
    ...(state.exposure > 0 && { giveUpAt: since + plan.deadlines.giveUp }),
    asked: false,
  };
  record(run, 'hold', reason);
  state.approvalVoided = true;
  voidApprovals(run, 'a hold began');
}

function clearHold(run: Run): void {
  if (!run.state.hold) return;
  delete run.state.hold;
  record(run, 'hold-cleared', 'every guard has good evidence again');
}

function voidApprovals(run: Run, because: string): void {
  const { gate } = run.state;
  if (!gate) return;
  gate.epoch += 1;
  if (gate.approvals.length === 0) return;
  gate.approvals = [];
  record(run, 'approvals-voided', because, { step: gate.step, epoch: gate.epoch });
}

function reviewHold(run: Run): void {
  const { hold } = run.state;
  if (isOver(run) || !hold) return;
  const now = run.effects.now();
  if (hold.giveUpAt !== undefined && now >= hold.giveUpAt) {
    const { reason, source } = hold;
    throw new RollBack({ type: 'hold-expired', reason, ...(source !== undefined && { source }) });
  }
  if (hold.asked || now < hold.askAt) return;
  hold.asked = true;
  record(run, 'question', `wait for evidence, or roll back? ${hold.reason}`);
  const { reason, source } = hold;
  notify(run, 'question', `on hold, wait or roll back? ${reason}`, source === undefined ? {} : { source });
}

/** Whatever is due by itself, whatever the rollout waits for. */
function deadlines(run: Run): number | undefined {
  return earliest(holdDeadline(run), gateDue(run), warmUp(run), lookDue(run), callDeadline(run));
}

/** A hold that nothing follows from any more must not wake anybody: its time would be over at every wait. */
function holdDeadline(run: Run): number | undefined {
  const { hold } = run.state;
  if (isOver(run)) return undefined;
  return hold && earliest(hold.asked ? undefined : hold.askAt, hold.giveUpAt);
}

function warmUp({ state, effects }: Run): number | undefined {
  return state.subscription && effects.now() < state.warmUntil ? state.warmUntil : undefined;
}

function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
