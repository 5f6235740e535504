import type { JournalEvent, JournalEventType, Provenance } from './journal.js';
import type { JsonObject } from '../base/json.js';
import { actsOf, type Act, type Plan } from '../plan/plan.js';
import type { Effects, Running } from './ports.js';
import type { Cause, RolloutState, StepState } from './state.js';
import type { EffectKey, Findings, Notice } from './values.js';

/** One execution: the plan, what is known, and the world. */
export interface Run {
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly effects: Effects;
  readonly underWay: UnderWay;
}

/** The verbs that change the world right now. Not part of the state: at a renewal there are none. */
export interface UnderWay {
  /** The act, so that unwinding can cancel it and wait for its end. */
  act?: { readonly act: Act; readonly running: Running<Findings> };
  readonly undos: Set<Running<unknown>>;
}

/** Records a transition under the next number. */
export function record(
  { state, effects }: Run,
  type: JournalEventType,
  reason: string,
  about: { step?: string; epoch?: number; by?: string; evidence?: JsonObject } & Provenance = {},
): void {
  const event: JournalEvent = {
    number: (state.journal.at(-1)?.number ?? 0) + 1,
    at: effects.now(),
    type,
    reason,
    ...(state.phase && { phase: state.phase }),
    ...about,
  };
  state.journal.push(event);
  effects.record(event);
}

/** Tells people; whether it arrives never holds up the rollout. */
export function notify(
  { state, effects, plan }: Run,
  urgency: Notice['urgency'],
  text: string,
  about: Pick<Notice, 'kind' | 'exposure' | 'outcome' | 'unconfirmed' | 'to' | 'source'> = {},
): void {
  const notice = { rollout: state.rollout, owner: plan.owner, urgency, text, ...about };
  effects.perform('notify', notice, plan.deadlines.undo);
}

/** The rollout is stopping: nothing it was holding, watching or asking for goes on, and no deadline of it passes. */
export function standStill(run: Run, cause: Cause): void {
  const { state } = run;
  state.halting = cause;
  dropWhatIsOpen(run);
}

/** Nothing is decided by guards any more: it is being taken back, stands still, or has ended. */
export function isOver({ state }: Run): boolean {
  return (state.unwinding ?? state.halting ?? state.outcome) !== undefined;
}

/** Whatever is open is not waited for any more. */
export function dropWhatIsOpen(run: Run): void {
  const { state } = run;
  // Opened again it asks anew: what was approved before does not count any more.
  if (state.gate) stepState(run, state.gate.step).epoch = state.gate.epoch + 1;
  delete state.hold;
  delete state.gate;
  delete state.frozen;
  delete state.watch;
  delete state.stuck;
}

export function stepState({ state }: Run, id: string): StepState {
  return (state.steps[id] ??= { status: 'pending', epoch: 0 });
}

/** Effects belong to the rollout that had them, also when another one takes them back. */
export function keyOf(run: Run, step: string): EffectKey {
  const { rollout, reverts } = run.state;
  return { rollout: reverts?.rollout ?? rollout, step, epoch: stepState(run, step).epoch };
}

/** The acts whose undo is registered, in order of start. */
export function startedActs({ plan, state }: Run): Act[] {
  const acts = new Map(actsOf(plan).map((act) => [act.id, act]));
  return state.started.flatMap((id) => acts.get(id) ?? []);
}
