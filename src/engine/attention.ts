import { decide, refuseUnauthorised } from './decisions.js';
import type { Message } from './messages.js';
import type { Guard, Reaction } from './plan.js';
import type { GuardReading, Result, Running } from './ports.js';
import { noticeReset } from './reset.js';
import { notify, record, type Run } from './run.js';
import { Renewal, Stop } from './stop.js';

/**
 * The only place where a rollout waits. Whatever it waits for, it keeps listening: decisions, readings and the
 * deadlines of a hold are dealt with here, and may throw `Stop`, `Halt` or `Retreat`.
 */
export async function listen(run: Run, until?: number, running?: Running<unknown>): Promise<void> {
  await run.effects.wait(earliest(until, holdDeadline(run), warmUp(run)), running);
  attend(run);
}

/**
 * Listens where nothing is under way and the state alone says how to go on: the only place where a long rollout may
 * continue in a new run. Throws `Renewal` then.
 */
export async function rest(run: Run, until?: number): Promise<void> {
  const { effects } = run;
  const end = () => earliest(until, holdDeadline(run), warmUp(run));
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
  for (let message = run.effects.take(); message; message = run.effects.take()) {
    receive(run, message);
    // At once: a reading that came after it must not hide a breach, nor an approval pass over a hold.
    reviewGuards(run);
  }
  reviewGuards(run);
  reviewHold(run);
}

function receive(run: Run, message: Message): void {
  const { state } = run;
  switch (message.type) {
    case 'evidence':
      mergeReadings(run, currentReadings(run, message));
      return;
    case 'blind':
      if (message.subscription === state.subscription?.number) loseSight(run, message.reason);
      return;
    case 'cancel':
      if (state.unwinding || state.halting || state.outcome) return;
      throw new Stop({ type: 'cancelled', reason: message.reason });
    case 'lock':
      state.lock = message.answer;
      return;
    case 'reset':
      return noticeReset(run);
    case 'unauthorised':
      return refuseUnauthorised(run, message);
    default:
      return decide(run, message);
  }
}

/**
 * Readings for an older subscription are stale, but for one: a candidate that failed under less exposure has failed,
 * and its breach must not be lost because the exposure was just being raised.
 */
function currentReadings(
  { state }: Run,
  message: Extract<Message, { type: 'evidence' }>,
): readonly GuardReading[] {
  const { subscription, exposedFrom } = state;
  if (message.subscription === subscription?.number) return message.readings;
  if (exposedFrom === undefined || message.subscription < exposedFrom) return [];
  return message.readings.filter(({ verdict }) => verdict === 'fail');
}

function mergeReadings({ state }: Run, readings: readonly GuardReading[]): void {
  const byGuard = new Map(state.readings.map((reading) => [reading.guard, reading]));
  for (const reading of readings) byGuard.set(reading.guard, reading);
  state.readings = [...byGuard.values()];
}

/** Nothing seen so far says anything about now: every guard is without evidence until the sentinel speaks again. */
export function loseSight(run: Run, reason: string): void {
  const at = run.effects.now();
  run.state.readings = run.plan.guards.map(({ name }) => ({
    guard: name,
    verdict: 'no-evidence',
    at,
    reason,
  }));
}

/** Nothing is decided by guards any more: it is being taken back, stands still, or has ended. */
function isOver({ state }: Run): boolean {
  return (state.unwinding ?? state.halting ?? state.outcome) !== undefined;
}

interface Finding {
  readonly reaction: Reaction;
  readonly guard: string;
  readonly reason: string;
}

function reviewGuards(run: Run): void {
  const { state } = run;
  if (isOver(run) || !state.subscription || (state.exposure === 0 && !state.watch)) return;
  const findings = [...run.plan.guards.flatMap((guard) => findingOf(run, guard)), ...unjudged(run)];
  const breach = findings.find(({ reaction }) => reaction === 'roll-back');
  if (breach) {
    record(run, 'breach', breach.reason, { evidence: { guard: breach.guard } });
    throw new Stop({ type: 'breach', guard: breach.guard, reason: breach.reason });
  }
  // Exposure is on its way back already, and nothing moves forward meanwhile.
  if (state.retreating) return;
  const ask = findings.some(({ reaction }) => reaction === 'ask');
  const held = findings.filter(({ reaction }) => reaction !== 'continue');
  if (held.length > 0) hold(run, describeFindings(held), ask);
  else if (everyGuardSpoke(run)) clearHold(run);
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

/** Guards with the same reason are named together: a dead source is one problem, not one for each guard. */
function describeFindings(findings: readonly Finding[]): string {
  const guards = new Map<string, string[]>();
  for (const { guard, reason } of findings) guards.set(reason, [...(guards.get(reason) ?? []), guard]);
  return [...guards].map(([reason, names]) => `${names.join(', ')}: ${reason}`).join('; ');
}

function hold(run: Run, reason: string, askNow: boolean): void {
  const { state, plan } = run;
  if (state.hold) {
    state.hold.reason = reason;
    if (askNow) state.hold.askAt = Math.min(state.hold.askAt, run.effects.now());
    return;
  }
  const since = run.effects.now();
  state.hold = {
    since,
    reason,
    askAt: askNow ? since : since + plan.deadlines.ask,
    ...(state.exposure > 0 && { giveUpAt: since + plan.deadlines.giveUp }),
    asked: false,
  };
  record(run, 'hold', reason);
  state.leaveVoided = true;
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
    throw new Stop({ type: 'hold-expired', reason: hold.reason });
  }
  if (hold.asked || now < hold.askAt) return;
  hold.asked = true;
  record(run, 'question', `wait for evidence, or roll back? ${hold.reason}`);
  notify(run, 'question', `on hold, wait or roll back? ${hold.reason}`);
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
