import { Refusal } from '../../src/engine/base/errors.js';
import type { JournalEntry, JournalEvent } from '../../src/engine/state/journal.js';
import type { Recalled } from '../../src/engine/state/recalled.js';
import type { Reverts } from '../../src/engine/state/reverts.js';
import type { Past } from '../../src/engine/state/values.js';
import type { CaptureStore } from './captures.js';
import { crossingOf, pastOf } from './past.js';
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
  { rollout, kind }: Pick<Reverts, 'rollout' | 'kind'>,
  stores: RecallStores,
): Promise<Recalled> {
  const events = await eventsOf(rollout, stores);
  const { digest, reverts } = events.find(({ type }) => type === 'started')?.evidence ?? {};
  if (typeof reverts === 'string') {
    const fix = `take that one back: switchback ${kind} ${reverts} --key ANOTHER`;
    throw new Refusal(rollout, `did nothing of its own: it takes ${reverts} back`, fix);
  }
  if (typeof digest !== 'string') {
    throw new Refusal(rollout, 'has no journal in the records', 'take it back by hand, or name another');
  }
  refuseUnfit(rollout, kind, events);
  const plan = await stores.plans.get(digest);
  if (!plan)
    throw new Refusal(rollout, `has plan ${digest}, which is not in the records`, 'take it back by hand');
  return { plan, digest, ...pastOf(plan, events, await stores.captures.list(rollout)) };
}

/**
 * What a rollout that runs has done, from the records alone: its workflow was reset. Throws when the records know of acts
 * but not of the plan.
 */
export async function recollectRollout(
  { rollout, digest }: { readonly rollout: string; readonly digest: string },
  stores: RecallStores,
): Promise<Past> {
  const events = await eventsOf(rollout, stores);
  const captures = await stores.captures.list(rollout);
  const plan = await stores.plans.get(digest);
  if (plan) return pastOf(plan, events, captures);
  if (captures.length === 0) return { started: [], epochs: {}, captures: [] };
  throw new Error(`the records of ${rollout} lack its plan ${digest}`);
}

async function eventsOf(rollout: string, { journal }: RecallStores): Promise<readonly JournalEvent[]> {
  return (await journal.read(rollout)).map(({ event }) => event);
}

function refuseUnfit(rollout: string, kind: Reverts['kind'], events: readonly JournalEvent[]): void {
  const outcome = events.findLast(({ type }) => type === 'ended')?.evidence?.outcome;
  const end = typeof outcome === 'string' ? outcome : undefined;
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
