import type { JournalEvent } from '../../src/engine/state/journal.js';
import { actsOf, firstExposureOf, type Plan } from '../../src/engine/plan/plan.js';
import type { Capture, Past, Things } from '../../src/engine/state/values.js';

/** What a rollout has done, as its events and its captures tell it. */
export function pastOf(plan: Plan, events: readonly JournalEvent[], captures: readonly Capture[]): Past {
  const ended = events.findLast(({ type }) => type === 'ended');
  const unwinding = events.findLast(({ type }) => type === 'unwinding');
  const crossing = crossingOf(events);
  const over =
    crossing?.type === 'no-return'
      ? `it had passed the point of no return (${crossing.step}) when its workflow was reset: finish by hand`
      : ended && `it had ended (${ended.reason}) when its workflow was reset: start it again as a new one`;
  return {
    started: startedOf(plan, events, captures),
    epochs: epochsOf(events),
    captures,
    ...thingsOf(events),
    ...(over !== undefined && { over }),
    ...(unwinding && { unwinding: unwinding.reason }),
  };
}

/** Whether a point of no return was crossed, by the event that said so last. */
export function crossingOf(events: readonly JournalEvent[]): JournalEvent | undefined {
  return events.findLast(({ type }) => type === 'no-return' || type === 'no-return-uncrossed');
}

function thingsOf(events: readonly JournalEvent[]): Pick<Past, 'things'> {
  const things = events.findLast(({ type }) => type === 'scope-acquired')?.evidence?.['things'];
  return things === undefined ? {} : { things: things as Things };
}

/**
 * The acts to take back. The journal is exported after the fact, so acts may have started that it does not know: what
 * touches a captured target counts as started, as taking back without an apply changes nothing.
 */
function startedOf(plan: Plan, events: readonly JournalEvent[], captures: readonly Capture[]): string[] {
  const acts = actsOf(plan);
  const known: string[] = [];
  for (const { type, step, evidence } of events) {
    if (type === 'act-started' && step !== undefined && !known.includes(step)) known.push(step);
    if (type === 'step-skipped' && evidence?.cleared !== false)
      known.splice(0, known.length, ...known.filter((id) => id !== step));
    if (type === 'retreated') forget(known, plan);
  }
  const captured = new Set(captures.map(({ target }) => target));
  const last = acts.findLastIndex(({ id }) => known.includes(id));
  const mayHaveStarted = acts
    .slice(last + 1)
    .filter(({ target, undo }) => captured.has(target) && undo.type !== 'irreversible');
  return [...known, ...mayHaveStarted.map(({ id }) => id)];
}

/** A retreat took back everything since the first exposure. */
function forget(known: string[], plan: Plan): void {
  const first = firstExposureOf(plan);
  if (!first) return;
  const ids = actsOf(plan).map(({ id }) => id);
  const before = new Set(ids.slice(0, ids.indexOf(first.id)));
  known.splice(0, known.length, ...known.filter((id) => before.has(id)));
}

/** Of acts and of gates: an approval that was given for a try of a gate before a reset counts for none after it. */
function epochsOf(events: readonly JournalEvent[]): Record<string, number> {
  const newest: Record<string, number> = {};
  for (const { type, step, epoch, evidence } of events) {
    // Whoever is refused may have written anything.
    if (step === undefined || epoch === undefined || (type === 'decision' && !evidence?.accepted)) continue;
    newest[step] = Math.max(newest[step] ?? 0, epoch);
  }
  return newest;
}
