import { attend, attended, rest } from '../listen/attention.js';
import { takeProof } from '../listen/drilled.js';
import type { Act, ContractStep, Plan } from '../plan/plan.js';
import type { Result } from '../state/ports.js';
import { notify, record, type Run } from '../state/run.js';
import type { Window } from '../state/values.js';

/** Milliseconds after which a closed calendar is looked at again: somebody may have taken an entry out. */
const lookAgainAfter = 6 * 3_600_000;
/** Milliseconds after which one is tried again that cannot be read; twice as long each time, up to an hour. */
const retryAfter = 60_000;
const retryAtMost = 3_600_000;
/** Milliseconds for which an answer counts, when it does not say itself when the next freeze begins. */
const countsFor = 60_000;

/** Milliseconds after which it is looked again for a drill. */
const drilledAfter = 30_000;

/** Until when an act may start without another look. */
export interface Leave {
  readonly until: number;
}

/** Waits before everybody gets the candidate until drills prove the way back, where the environment asks for that. */
export async function untilDrilled(run: Run, step: ContractStep): Promise<void> {
  const { state, effects, plan } = run;
  if (state.house?.drills !== true) return;
  for (;;) {
    attend(run);
    if (isSkipped(run)) return open(run, step, `the glass was broken for ${state.glass?.incident}`);
    if (state.frozen && effects.now() < state.frozen.lookAt) {
      await rest(run, state.frozen.lookAt);
      continue;
    }
    const result = await look(run, { promotes: plan });
    takeProof(run, result);
    const found = windowIn(result);
    if (found.open) return open(run, step, 'drills have proven its way back');
    freeze(run, step, found);
  }
}

/** Calendars hold what starts a rollout and what raises exposure, and nothing that goes back. */
export function isHeldByCalendars({ state }: Run, { exposure }: Act): boolean {
  return state.house?.calendars === true && (exposure !== undefined || state.started.length === 0);
}

/**
 * Waits until no calendar keeps the act from starting; undefined when it is to be asked again, because something came
 * meanwhile that stops it. What nobody can read keeps it, too.
 */
export async function untilOpen(run: Run, act: Act): Promise<Leave | undefined> {
  const { state, effects } = run;
  if (isSkipped(run))
    return openWith(run, act, Infinity, `the glass was broken for ${state.glass?.incident}`);
  if (!isHeldByCalendars(run, act)) return { until: Infinity };
  if (state.frozen && effects.now() < state.frozen.lookAt) {
    await rest(run, state.frozen.lookAt);
    return undefined;
  }
  const found = windowIn(await look(run));
  if (found.open) {
    return openWith(run, act, found.until ?? effects.now() + countsFor, 'no calendar holds it any more');
  }
  freeze(run, act, found);
  return undefined;
}

function openWith(run: Run, act: Act, until: number, because: string): Leave {
  open(run, act, because);
  return { until };
}

function open(run: Run, { id: step }: ContractStep, because: string): void {
  const { state } = run;
  if (!state.frozen) return;
  delete state.frozen;
  // One alone wanted this freeze to be passed, and not the next.
  if (!isSkipped(run)) delete state.glass;
  record(run, 'window-opened', because, { step });
}

/** Broken glass lets it pass, and says so; no guard, lock, hold, quorum or stop is skipped by it. */
function isSkipped({ state }: Run): boolean {
  return state.glass?.brokenAt !== undefined;
}

async function look(run: Run, more: { readonly promotes?: Plan } = {}): Promise<Result<Window>> {
  const { effects, plan } = run;
  const input = { runbook: plan.runbook, at: effects.now(), ...more };
  return attended(run, effects.perform('window', input, plan.deadlines.preflight));
}

function windowIn(result: Result<Window>): Window {
  if (result.ok) return result.value;
  return { open: false, unreadable: true, reason: `nobody can tell: ${result.error}` };
}

function freeze(run: Run, { id: step }: ContractStep, found: Extract<Window, { open: false }>): void {
  const { state, effects } = run;
  const before = state.frozen;
  const now = effects.now();
  const unreadable = 'unreadable' in found;
  const misses = unreadable ? (before?.misses ?? 0) + 1 : 0;
  const undrilled = 'undrilled' in found;
  const again = unreadable
    ? Math.min(retryAfter * 2 ** (misses - 1), retryAtMost)
    : undrilled
      ? drilledAfter
      : lookAgainAfter;
  const until = 'until' in found ? found.until : undefined;
  state.frozen = {
    step,
    since: before?.since ?? now,
    reason: found.reason,
    ...(until !== undefined && { until }),
    ...(unreadable && { unreadable }),
    ...(undrilled && { undrilled }),
    lookAt: Math.min(now + again, until ?? Infinity),
    misses,
  };
  if (before && before.reason === found.reason && before.until === until) return;
  const evidence = {
    ...(until !== undefined && { until }),
    ...(unreadable && { unreadable }),
    ...(undrilled && { undrilled }),
  };
  record(run, 'window-closed', found.reason, { step, evidence });
  const text = `${step} does not start: ${found.reason}`;
  notify(run, unreadable ? 'incident' : 'news', text);
}
