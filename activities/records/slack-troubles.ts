import type pg from 'pg';
import type { Afflicted, TroubleStore } from '../slack/troubles.js';
import { inTransaction } from './database.js';

/** Who has which trouble, as rows. */
export function troubleStore(pool: pg.Pool): TroubleStore {
  return {
    join: (cause, member) =>
      inTransaction(pool, async (tx) => {
        // Two that come at once must not begin one each.
        await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`trouble ${cause}`]);
        const open = await tx.query<{ trouble: string }>(
          'SELECT trouble FROM switchback.slack_troubles WHERE cause = $1 AND NOT over ORDER BY number DESC LIMIT 1',
          [cause],
        );
        const trouble = open.rows[0]?.trouble ?? `${cause}/${member.at}`;
        await tx.query(
          `INSERT INTO switchback.slack_troubles (cause, trouble, rollout, member, over) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (trouble, rollout) DO UPDATE SET member = excluded.member, over = excluded.over`,
          [cause, trouble, member.rollout, JSON.stringify(member), member.how === 'over'],
        );
        return trouble;
      }),

    async change(trouble, member) {
      await pool.query(
        'UPDATE switchback.slack_troubles SET member = $3, over = $4 WHERE trouble = $1 AND rollout = $2',
        [trouble, member.rollout, JSON.stringify(member), member.how === 'over'],
      );
    },

    async of(rollout) {
      const { rows } = await pool.query<{ trouble: string; member: Afflicted }>(
        'SELECT trouble, member FROM switchback.slack_troubles WHERE rollout = $1 AND NOT over ORDER BY number',
        [rollout],
      );
      return rows;
    },

    async members(trouble) {
      const { rows } = await pool.query<{ member: Afflicted }>(
        'SELECT member FROM switchback.slack_troubles WHERE trouble = $1 ORDER BY number',
        [trouble],
      );
      return rows.map(({ member }) => member);
    },
  };
}
