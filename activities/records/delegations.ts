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
      // By its text: the server takes no JSON apart in which somebody wrote a zero byte or half a character.
      const { rows } = await pool.query<{ event: JournalEvent }>(
        `SELECT event FROM switchback.journal
          WHERE rollout = $1
            AND (strpos(event::text, '"delegate"') > 0 OR strpos(event::text, '"end-delegation"') > 0)
          ORDER BY number`,
        [locksId(environment)],
      );
      return rows.map(({ event }) => event).filter(isDelegation);
    },
  };
}

function isDelegation({ type, evidence = {} }: JournalEvent): boolean {
  const { decision, accepted } = evidence;
  return (
    type === 'decision' && accepted === true && (decision === 'delegate' || decision === 'end-delegation')
  );
}
