import type { Act, Plan, Target } from '../../src/engine/plan/plan.js';
import { actsOf } from '../../src/engine/plan/plan.js';
import type { Capture } from '../../src/engine/state/values.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { Adapter } from '../../src/protocol/adapter.js';
import type { RecallStores } from './recall.js';

/** What the records say of a rollout's exposure; they are written a moment after the fact. */
export interface RecordedExposure {
  /** Percent of users that may have the candidate. */
  readonly percent: number;
  /** How it can be taken back without a rollout, a line for each target. */
  readonly byHand: readonly string[];
}

/** Reads from the records, without Temporal, how much a rollout has exposed, and how a hand takes that back. */
export async function recordedExposure(
  rollout: string,
  { journal, captures, plans }: RecallStores,
  adapters: readonly Adapter[],
): Promise<RecordedExposure> {
  const events = (await journal.read(rollout)).map(({ event }) => event);
  const { digest } = events.find(({ type }) => type === 'started')?.evidence ?? {};
  const plan = typeof digest === 'string' ? await plans.get(digest) : undefined;
  if (!plan) return { percent: 0, byHand: [] };
  const kept = await captures.list(rollout);
  const exposed = exposedTargets(plan, events, kept);
  const byHand = [...exposed.values()].flatMap((act) => {
    const capture = kept.find(({ target }) => target === act.target);
    const adapter = adapters.find(({ name }) => act.do.kind.startsWith(`${name}.`));
    return capture ? (adapter?.byHand?.(act, capture) ?? []) : [];
  });
  const percents = [...exposed.values()].map(({ exposure }) => exposure?.percent ?? 0);
  return { percent: Math.max(0, ...percents), byHand };
}

/** The act that exposed each target last, of those that are, or may be, exposed still. */
function exposedTargets(
  plan: Plan,
  events: readonly JournalEvent[],
  captures: readonly Capture[],
): ReadonlyMap<Target, Act> {
  const acts = new Map(actsOf(plan).map((act) => [act.id, act]));
  const exposed = new Map<Target, Act>();
  // A capture is kept at once, the journal a moment later: what is captured may be exposed already.
  for (const act of [...acts.values()].reverse()) {
    const captured = captures.some(({ target }) => target === act.target);
    if (act.exposure !== undefined && captured) exposed.set(act.target, act);
  }
  for (const { type, step, by } of events) {
    const act = acts.get(step ?? '');
    if (type === 'retreated' || type === 'ended') exposed.clear();
    if (act?.exposure === undefined) continue;
    if (type === 'act-started') exposed.set(act.target, act);
    // What an operator left out is exposed still.
    if (type === 'undone' && by === undefined) exposed.delete(act.target);
  }
  return exposed;
}
