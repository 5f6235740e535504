import { Refusal } from '../../src/engine/errors.js';
import type { JournalEntry, JournalEvent } from '../../src/engine/journal.js';
import { actsOf, type Act, type Plan } from '../../src/engine/plan.js';
import type { Capture, Past } from '../../src/engine/ports.js';
import type { Recalled, TakesBack } from '../../src/engine/takes-back.js';
import type { CaptureStore } from './captures.js';
import type { PlanStore } from './plans.js';

/** Where the records are. */
export interface RecallStores {
  readonly journal: { read(rollout: string): Promise<JournalEntry[]> };
  readonly captures: Pick<CaptureStore, 'list'>;
  readonly plans: Pick<PlanStore, 'get'>;
}

/**
 * Recalls a rollout from the records alone. Throws `Refusal` when they are missing, or when there is nothing that this
 * kind of taking back could do.
 */
export async function recallRollout(
  { rollout, kind }: Pick<TakesBack, 'rollout' | 'kind'>,
  { journal, captures, plans }: RecallStores,
): Promise<Recalled> {
  const events = (await journal.read(rollout)).map(({ event }) => event);
  const { digest, takesBack } = events.find(({ type }) => type === 'started')?.evidence ?? {};
  if (typeof takesBack === 'string') {
    const mend = `take that one back: switchback ${kind} ${takesBack} --key ANOTHER`;
    throw new Refusal(rollout, `did nothing of its own: it takes ${takesBack} back`, mend);
  }
  if (typeof digest !== 'string') {
    throw new Refusal(rollout, 'has no journal in the records', 'take it back by hand, or name another');
  }
  refuseUnfit(rollout, kind, events);
  const plan = await plans.get(digest);
  if (!plan)
    throw new Refusal(rollout, `has plan ${digest}, which is not in the records`, 'take it back by hand');
  const kept = await captures.list(rollout);
  const started = startedOf(plan, events, kept);
  const acts = actsOf(plan).filter(({ id }) => started.includes(id));
  return {
    plan,
    digest,
    started,
    epochs: epochsOf(events),
    captures: kept,
    exposure: Math.max(0, ...acts.map(({ exposure }) => exposure?.percent ?? 0)),
  };
}

/**
 * What a rollout that runs has done, from the records alone: its workflow was reset. Throws when the records know of acts
 * but not of the plan.
 */
export async function recollectRollout(
  { rollout, digest }: { readonly rollout: string; readonly digest: string },
  { journal, captures, plans }: RecallStores,
): Promise<Past> {
  const events = (await journal.read(rollout)).map(({ event }) => event);
  const kept = await captures.list(rollout);
  const plan = await plans.get(digest);
  if (plan) return pastOf(plan, events, kept);
  if (kept.length === 0) return { started: [], epochs: {}, captures: [] };
  throw new Error(`the records of ${rollout} lack its plan ${digest}`);
}

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
    ...(over !== undefined && { over }),
    ...(unwinding && { unwinding: unwinding.reason }),
  };
}

function crossingOf(events: readonly JournalEvent[]): JournalEvent | undefined {
  return events.findLast(({ type }) => type === 'no-return' || type === 'no-return-uncrossed');
}

function refuseUnfit(rollout: string, kind: TakesBack['kind'], events: readonly JournalEvent[]): void {
  const end = events.findLast(({ type }) => type === 'ended')?.reason.split(':')[0];
  const crossing = crossingOf(events);
  if (crossing?.type === 'no-return') {
    throw new Refusal(
      rollout,
      `has passed the point of no return (${crossing.step}): ${crossing.reason}`,
      'go forward: finish by hand, or with a rollout of its own',
    );
  }
  if (end === 'rolled-back' || end === 'refused') {
    throw new Refusal(rollout, `ended ${end}: nothing of it is left to take back`, 'start a new one');
  }
  if (kind === 'revert' && end !== 'completed') {
    const is = end === undefined ? 'has not ended by itself' : `ended ${end}`;
    throw new Refusal(rollout, `${is}: only a completed rollout is reverted`, 'see "switchback rescue"');
  }
  if (kind === 'rescue' && end === 'completed') {
    throw new Refusal(rollout, `ended ${end}: there is nothing to rescue`, 'see "switchback revert"');
  }
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
    if (type === 'retreated') forget(known, acts);
  }
  const captured = new Set(captures.map(({ target }) => target));
  const last = acts.findLastIndex(({ id }) => known.includes(id));
  const mayHaveStarted = acts
    .slice(last + 1)
    .filter(({ target, undo }) => captured.has(target) && undo.type !== 'irreversible');
  return [...known, ...mayHaveStarted.map(({ id }) => id)];
}

/** A retreat took back everything since the first exposure. */
function forget(known: string[], acts: readonly Act[]): void {
  const first = acts.findIndex(({ exposure }) => exposure !== undefined);
  const before = new Set(acts.slice(0, first).map(({ id }) => id));
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
