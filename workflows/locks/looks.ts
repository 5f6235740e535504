import { condition, proxyActivities } from '@temporalio/workflow';
import type { Ending, LocksActivities, LocksInput } from '../../src/engine/lock-protocol.js';
import { adopt, answerOf, claimOf, orphan, release, type Claim } from '../../src/engine/locks.js';
import type { Keeper } from './keeper.js';

const defaultLookEvery = 300_000;
const defaultLookAtAllEvery = 3_600_000;

const { findEndings } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: '5s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

/** Finds out who has ended without a word. */
export interface Looks {
  /** Looks as soon as it can. */
  soon(): void;
  /** Looks at one rollout now. Throws when the server does not say. */
  at(rollout: string): Promise<void>;
  /** Looks again and again, until the run is full. */
  until(full: () => boolean): Promise<void>;
}

export function createLooks(input: LocksInput, keeper: () => Keeper): Looks {
  const { lookEvery = defaultLookEvery, lookAtAllEvery = defaultLookAtAllEvery } = input;
  // Whoever waited when the run before ended may have come at its very end.
  let soon = (input.table?.line.length ?? 0) > 0;

  async function lookAt(rollouts: readonly string[]): Promise<void> {
    const asked = rollouts.flatMap((rollout) => claimOf(keeper().table, rollout) ?? []);
    if (asked.length === 0) return;
    for (const ending of await findEndings({ rollouts: asked.map(({ rollout }) => rollout) })) {
      const seen = asked.find(({ rollout }) => rollout === ending.rollout);
      const now = claimOf(keeper().table, ending.rollout);
      // A run that asked meanwhile is not the one that was looked at.
      if (seen && now?.askedAt === seen.askedAt) settle(keeper(), now, ending);
    }
  }

  return {
    soon: () => void (soon = true),
    at: (rollout) => lookAt([rollout]),
    async until(full) {
      for (;;) {
        const someone = () => keeper().table.holders.length + keeper().table.line.length > 0;
        await condition(() => someone() || full());
        const every = keeper().table.line.length > 0 ? lookEvery : lookAtAllEvery;
        await condition(() => soon || full(), every);
        if (full()) return;
        soon = false;
        // The server does not answer now: the next look comes all the same.
        await lookAt(inTheWay(keeper())).catch(() => undefined);
      }
    },
  };
}

/** Whoever keeps somebody waiting; all who hold when nobody waits. */
function inTheWay({ table }: Keeper): readonly string[] {
  if (table.line.length === 0) return table.holders.map(({ rollout }) => rollout);
  const behind = table.line.flatMap(({ rollout }) => {
    const answer = answerOf(table, rollout);
    return answer.status === 'queued' ? answer.behind : [];
  });
  return [...new Set(behind.map(({ rollout }) => rollout))];
}

function settle(keeper: Keeper, claim: Claim, ending: Ending): void {
  const { rollout, owner, scope } = claim;
  const at = Date.now();
  switch (ending.ended) {
    case 'open':
      return keeper.change(adopt(keeper.table, rollout));
    case 'by-itself':
      return keeper.change(release(keeper.table, { rollout, askedAt: claim.askedAt }, at));
    case 'from-outside': {
      const held = keeper.table.holders.includes(claim);
      keeper.change(orphan(keeper.table, rollout, ending.reason, at));
      if (!held || claim.orphaned) return;
      const reason = `${rollout} (${owner}) was ${ending.reason} and took nothing back: its lock of ${scope.join(', ')} stays`;
      keeper.record({ type: 'needs-operator', reason });
      keeper.tell({ rollout, urgency: 'incident', text: `${reason} until somebody takes it back or over` });
    }
  }
}
