import { notify, record, type Run } from '../state/run.js';
import type { Result } from '../state/ports.js';
import type { Window } from '../state/values.js';
import { attended, rest } from './attention.js';

/** Milliseconds after which it is looked again what drills prove: four times a day, whatever a rollout waits for. */
const lookAgainAfter = 6 * 3_600_000;
/** Milliseconds for which what was seen is news. */
const freshFor = 60_000;
/** It is for people, and keeps nothing waiting for records that do not answer. */
const tries = 2;

/**
 * When it is to be looked again what drills prove: one that fails meanwhile is told to whoever watches a rollout of the same
 * plan. Undefined where the environment asks for no drills.
 *
 * @param since when what it does now began, in milliseconds since the epoch
 */
function drillsDue({ state }: Run, since: number): number | undefined {
  if (state.house?.drills !== true) return undefined;
  return Math.max(since, state.drilled?.lookedAt ?? 0) + lookAgainAfter;
}

/**
 * Rests while one step waits, and looks in between what drills prove.
 *
 * @param since when the step began to wait, in milliseconds since the epoch
 */
export async function restUntil(run: Run, until: number | undefined, since: number): Promise<void> {
  const due = drillsDue(run, since);
  if (due !== undefined && run.effects.now() >= due) return lookAtDrills(run);
  await rest(run, due === undefined ? until : Math.min(due, until ?? due));
}

/** Looks what drills prove, for people: it stops nothing. What was seen just now is not looked at again. */
export async function lookAtDrills(run: Run): Promise<void> {
  const { state, effects, plan } = run;
  if (state.house?.drills !== true) return;
  if (state.drilled && effects.now() < state.drilled.lookedAt + freshFor) return;
  const input = { runbook: plan.runbook, at: effects.now(), promotes: plan };
  takeProof(run, await attended(run, effects.perform('window', input, plan.deadlines.preflight, tries)));
}

/** Remembers what drills prove; what was seen not to come back is told once. What nobody can tell changes nothing. */
export function takeProof(run: Run, found: Result<Window>): void {
  const { state, effects } = run;
  const before = state.drilled?.proof;
  const proof = found.ok && 'proof' in found.value ? found.value.proof : before;
  state.drilled = { lookedAt: effects.now(), ...(proof && { proof }) };
  if (proof?.broken === undefined || proof.broken === before?.broken) return;
  record(run, 'drill-failed', proof.broken, { evidence: { coverage: proof.coverage } });
  notify(run, 'news', `a drill of this plan failed: ${proof.broken}`);
}
