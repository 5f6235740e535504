import { release } from '../../src/environment/locks/table.js';
import { locksId, nameOfChoice, type LockTable, type RecollectedLocks } from '../../src/protocol/locks.js';
import type { Decisions } from './decisions.js';
import type { Keeper } from './keeper.js';
import type { EndedHolders } from './ended-holders.js';

/**
 * Goes on from what a broken run knew. What was said to this one meanwhile is newer: a stop stays, and whoever
 * released holds nothing. Then it is looked at whether everybody is still there: nothing was heard for long.
 */
export async function takeUp(known: LockTable, keeper: Keeper, looks: EndedHolders): Promise<void> {
  const { stopped = known.stopped, released } = keeper.table;
  const table = Object.entries(released).reduce(
    (before, [rollout, { askedAt, at }]) => release(before, { rollout, askedAt }, at),
    known,
  );
  keeper.change({ ...table, ...(stopped && { stopped }) });
  const { holders, line } = keeper.table;
  await looks.at([...holders, ...line].map(({ rollout }) => rollout)).catch(() => undefined);
}

/** Says what became of it, to everybody: answers may have been lost with the run that broke. */
export function afterRepair(
  { table, undecided }: RecollectedLocks,
  keeper: Keeper,
  decisions: Decisions,
): void {
  const { environment } = keeper;
  keeper.remind();
  // Nobody knows whether the others still mean it; the safe direction is taken all the same.
  const dropped = undecided.filter(({ type }) => type !== 'stop').map(nameOfChoice);
  for (const request of undecided) if (request.type === 'stop') decisions.tell(request);
  const { holders, line, stopped } = keeper.table;
  const from = table ? 'what its history says' : 'what the running rollouts say, for its history is gone';
  const kept = `${holders.length} hold, ${line.length} in line${stopped ? `, stopped by ${stopped.by}` : ''}`;
  const asked = dropped.length > 0 ? `; never decided, decide again: ${dropped.join(', ')}` : '';
  const reason = `the locks of ${environment} were broken and are repaired from ${from}: ${kept}${asked}`;
  keeper.record({ type: 'reset', reason });
  keeper.tell({ rollout: locksId(environment), urgency: 'news', text: reason });
}
