import { condition, proxyActivities } from '@temporalio/workflow';
import type { Ending, LocksActivities, LocksInput, Claim } from '../../src/protocol/locks.js';
import { adopt, answerOf, claimOf, orphan, release } from '../../src/environment/locks/table.js';
import type { Keeper } from './keeper.js';
import { now } from '../sdk/turns.js';

const defaultLookEvery = 300_000;
const defaultLookAtAllEvery = 3_600_000;

const { findEndings } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: '5s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '500ms', maximumInterval: '30s' },
});

/**
 * Finds out who has ended without a word. Whoever is watched is found by the sentinel, which names him here and calls
 * somebody; all others are looked for now and then.
 */
export interface EndedHolders {
  /** Looks as soon as it can. */
  soon(): void;
  /** Looks at this one as soon as it can: somebody saw it end, or go on after all. */
  named(rollout: string): void;
  /** Looks at these rollouts now. Throws when the server does not say. */
  at(rollouts: readonly string[]): Promise<void>;
  /** Looks again and again, until the run is full. */
  until(full: () => boolean): Promise<void>;
  /** Whom the next run has to look at. */
  readonly left: readonly string[];
}

export function lookForEndedHolders(input: LocksInput, keeper: () => Keeper): EndedHolders {
  const { lookEvery = defaultLookEvery, lookAtAllEvery = defaultLookAtAllEvery } = input;
  // Whoever waited when the run before ended may have come at its very end.
  let soon = (input.table?.line.length ?? 0) > 0;
  const named = new Set(input.toLookAt);

  async function lookAt(rollouts: readonly string[], which: { readonly unwatched?: true } = {}) {
    const asked = rollouts.flatMap((rollout) => claimOf(keeper().table, rollout) ?? []);
    if (asked.length === 0) return;
    for (const ending of await findEndings({ rollouts: asked.map(({ rollout }) => rollout), ...which })) {
      const seen = asked.find(({ rollout }) => rollout === ending.rollout);
      const present = claimOf(keeper().table, ending.rollout);
      // A run that asked meanwhile is not the one that was looked at.
      if (seen && present?.askedAt === seen.askedAt) settle(keeper(), present, ending);
    }
  }

  async function lookAtNamed(): Promise<void> {
    const seen = [...named];
    // Whoever is named meanwhile is looked at once more: it may have ended since.
    named.clear();
    await lookAt(seen).catch(() => seen.forEach((rollout) => named.add(rollout)));
  }

  return {
    soon: () => void (soon = true),
    named(rollout) {
      // Whoever makes names up is not looked for.
      if (claimOf(keeper().table, rollout)) named.add(rollout);
    },
    get left() {
      return [...named];
    },
    at: lookAt,
    async until(full) {
      for (;;) {
        const someone = () => keeper().table.holders.length + keeper().table.line.length > 0;
        await condition(() => someone() || full());
        const every = keeper().table.line.length > 0 ? lookEvery : lookAtAllEvery;
        const early = await condition(() => soon || named.size > 0 || full(), every);
        if (full()) return;
        await lookAtNamed();
        if (early && !soon) continue;
        soon = false;
        // The server does not answer now: the next look comes all the same.
        await lookAt(inTheWay(keeper()), { unwatched: true }).catch(() => undefined);
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
  const at = now();
  switch (ending.ended) {
    case 'open':
      return keeper.change(adopt(keeper.table, rollout));
    case 'by-itself':
      return keeper.change(release(keeper.table, claim, at));
    case 'from-outside': {
      const held = keeper.table.holders.includes(claim);
      keeper.change(orphan(keeper.table, rollout, ending.reason, at));
      if (!held || claim.orphaned) return;
      const reason = `${rollout} (${owner}) was ${ending.reason} and took nothing back: its lock of ${scope.join(', ')} stays`;
      keeper.record({ type: 'needs-operator', reason });
      // One incident for one rollout: of whoever is watched the sentinel tells, with the exposure that it knows.
      if (ending.watched) return;
      keeper.tell({ rollout, urgency: 'incident', text: `${reason} until somebody takes it back or over` });
    }
  }
}
