import type pg from 'pg';
import type { Followed, SlackStore } from '../slack/store.js';

/** A journal that grew longer ago is found by the look that comes once a minute. */
const justNow = '15 seconds';
const longAgo = '1 day';
const fullLookEvery = 60_000;
/** What is older can be told from the journal. */
const keptFor = '90 days';

/** Which rollouts are looked at, and when next. */
export function following(pool: pg.Pool): Pick<SlackStore, 'follow' | 'looked'> {
  let fullLookAt = 0;

  /** Whoever has a journal that grew is followed; once a minute those of a day, for this process may have slept. */
  async function register(): Promise<void> {
    const full = Date.now() >= fullLookAt;
    await pool.query(
      `INSERT INTO switchback.slack_rollouts (rollout)
         SELECT DISTINCT rollout FROM switchback.journal WHERE kept_at > now() - $1::interval AND rollout LIKE 'rollout/%'
       ON CONFLICT DO NOTHING`,
      [full ? longAgo : justNow],
    );
    if (!full) return;
    fullLookAt = Date.now() + fullLookEvery;
    await forget();
  }

  /** Of a rollout that ended so long ago nobody clicks anything any more. */
  async function forget(): Promise<void> {
    await pool.query(
      `DELETE FROM switchback.slack_messages AS m USING switchback.slack_rollouts AS r
        WHERE r.rollout = m.rollout AND r.over AND r.look_at < now() - $1::interval`,
      [keptFor],
    );
    await pool.query('DELETE FROM switchback.slack_rollouts WHERE over AND look_at < now() - $1::interval', [
      keptFor,
    ]);
    // What is said of an environment, or of what many have in common, has no rollout whose end it could wait for.
    await pool.query(
      `DELETE FROM switchback.slack_messages AS m WHERE kept_at < now() - $1::interval
         AND NOT EXISTS (SELECT FROM switchback.slack_rollouts AS r WHERE r.rollout = m.rollout)`,
      [keptFor],
    );
    await pool.query('DELETE FROM switchback.slack_troubles WHERE kept_at < now() - $1::interval', [keptFor]);
  }

  return {
    async follow(most, lease) {
      await register();
      const { rows } = await pool.query<Followed>(
        `UPDATE switchback.slack_rollouts AS s SET leased_until = now() + $2 * interval '1 ms', seen = taken.entries
           FROM (SELECT r.rollout, h.entries FROM switchback.slack_rollouts AS r
                   JOIN switchback.journal_heads AS h ON h.rollout = r.rollout
                  WHERE NOT over AND (leased_until IS NULL OR leased_until <= now()) AND (look_at <= now() OR seen <> h.entries)
                  ORDER BY look_at LIMIT $1 FOR UPDATE OF r SKIP LOCKED) AS taken
          WHERE s.rollout = taken.rollout RETURNING s.rollout, taken.entries, s.told`,
        [most, lease],
      );
      return rows;
    },

    async looked({ rollout, entries }, told, again) {
      await pool.query(
        `UPDATE switchback.slack_rollouts AS s
            SET told = greatest(told, $3), leased_until = NULL, over = $5 AND h.entries = $2,
                look_at = now() + $4 * interval '1 ms'
           FROM switchback.journal_heads AS h WHERE s.rollout = $1 AND h.rollout = $1`,
        [rollout, entries, told, again ?? 0, again === undefined],
      );
    },
  };
}
