import type pg from 'pg';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import { locksId } from '../../src/protocol/locks.js';

/** What people of an environment have delegated: decisions about it, which its journal keeps. */
export interface DelegationStore {
  /** The accepted decisions that delegate or end a delegation, oldest first; nothing is looked at but that. */
  decisions(environment: string): Promise<readonly JournalEvent[]>;
}

/** Delegations as the journal of the locks has them. */
export function delegationStore(pool: pg.Pool): DelegationStore {
  return {
    async decisions(environment) {
      const { rows } = await pool.query<{ event: JournalEvent }>(
        `SELECT event FROM switchback.journal
          WHERE rollout = $1 AND event->>'type' = 'decision'
            AND event->'evidence'->>'decision' IN ('delegate', 'end-delegation')
            AND event->'evidence'->>'accepted' = 'true'
          ORDER BY number`,
        [locksId(environment)],
      );
      return rows.map(({ event }) => event);
    },
  };
}
