import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { saidBy } from '../slack/sealed.js';
import type { Due, KeptMessage, Saying, SlackStore } from '../slack/store.js';
import type { SlackMessage } from '../slack/message.js';
import { inTransaction } from './database.js';
import { faultText } from './fault-text.js';
import { following } from './slack-following.js';
import { troubleStore } from './slack-troubles.js';

/** What stands in Slack, as rows. */
export function slackStore(pool: pg.Pool): SlackStore {
  return {
    troubles: troubleStore(pool),
    ...following(pool),

    async say(saying) {
      const { rollout, about, channel, thread, rank, message, happenedAt } = saying;
      await pool.query(
        `INSERT INTO switchback.slack_messages
           (id, rollout, about, channel, thread, rank, happened_at, wanted, wanted_said)
         VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), $8, $9)
         ON CONFLICT (rollout, about) DO UPDATE SET wanted = excluded.wanted, wanted_said = excluded.wanted_said,
             rank = excluded.rank, dead = slack_messages.dead AND slack_messages.gone > 1,
             tries = CASE WHEN slack_messages.dead THEN 0 ELSE slack_messages.tries END
          WHERE slack_messages.wanted_said <> excluded.wanted_said`,
        [
          randomBytes(16).toString('base64url'),
          rollout,
          about,
          channel,
          thread ?? null,
          rank,
          happenedAt ?? null,
          ...wantedOf(message),
        ],
      );
    },

    settle: ({ rollout, about, message, rank }) =>
      inTransaction(pool, async (tx) => {
        await tx.query(
          `DELETE FROM switchback.slack_messages
            WHERE rollout = $1 AND about = $2 AND ts IS NULL AND unsure_since IS NULL`,
          [rollout, about],
        );
        await tx.query(
          `UPDATE switchback.slack_messages SET wanted = $3, wanted_said = $4, rank = $5
            WHERE rollout = $1 AND about = $2 AND wanted_said <> $4`,
          [rollout, about, ...wantedOf(message), rank],
        );
      }),

    async wanted(rollout, about) {
      const { rows } = await pool.query<{ wanted: SlackMessage }>(
        'SELECT wanted FROM switchback.slack_messages WHERE rollout = $1 AND about = $2',
        [rollout, about],
      );
      return rows[0]?.wanted;
    },

    async messages(rollout) {
      const { rows } = await pool.query<Row>(`${select} WHERE rollout = $1 ORDER BY number`, [rollout]);
      return rows.map(keptOf);
    },

    async message(id) {
      const { rows } = await pool.query<Row>(`${select} WHERE id = $1`, [id]);
      return rows[0] && keptOf(rows[0]);
    },

    async waitingChannels() {
      const { rows } = await pool.query<{ channel: string }>(
        `SELECT DISTINCT channel FROM switchback.slack_messages
          WHERE NOT dead AND said IS DISTINCT FROM wanted_said AND next_at <= now()`,
      );
      return rows.map(({ channel }) => channel);
    },

    async take(channel, pace, lease) {
      await pool.query('INSERT INTO switchback.slack_channels (channel) VALUES ($1) ON CONFLICT DO NOTHING', [
        channel,
      ]);
      return inTransaction(pool, async (tx) => {
        const free = await tx.query(
          'SELECT FROM switchback.slack_channels WHERE channel = $1 AND next_at <= now() FOR UPDATE SKIP LOCKED',
          [channel],
        );
        if (free.rowCount === 0) return undefined;
        const { rows } = await tx.query<DueRow>(take, [channel, lease]);
        const [row] = rows;
        if (!row) return undefined;
        await tx.query(
          `UPDATE switchback.slack_channels SET next_at = now() + $2 * interval '1 ms' WHERE channel = $1`,
          [channel, pace],
        );
        return dueOf(row);
      });
    },

    async stands({ id }, ts, said) {
      await pool.query(
        `UPDATE switchback.slack_messages
            SET ts = $2, said = $3, unsure_since = NULL, tries = 0, fault = NULL, next_at = now() WHERE id = $1`,
        [id, ts, said],
      );
    },

    async failed({ id }, fault, again, unsure) {
      await pool.query(
        `UPDATE switchback.slack_messages
            SET fault = $2, dead = $3, next_at = now() + $4 * interval '1 ms', tries = tries + 1,
                unsure_since = CASE WHEN $5 THEN unsure_since END
          WHERE id = $1`,
        [id, faultText(fault), again === undefined, again ?? 0, unsure],
      );
    },

    async gone({ id }, fault) {
      await pool.query(
        `UPDATE switchback.slack_messages
            SET fault = $2, gone = gone + 1, dead = gone > 0, ts = CASE WHEN gone > 0 THEN ts END, said = NULL,
                unsure_since = NULL, next_at = now(), tries = 0 WHERE id = $1`,
        [id, faultText(fault)],
      );
    },

    async hush(channel, ms) {
      await pool.query(
        `UPDATE switchback.slack_channels SET next_at = greatest(next_at, now() + $2 * interval '1 ms')
          WHERE channel = $1`,
        [channel, ms],
      );
    },
  };
}

/** Since when it is unsure is written before it is tried: whoever tries may die in the middle. */
const take = `
  UPDATE switchback.slack_messages AS m
     SET next_at = now() + $2 * interval '1 ms',
         unsure_since = CASE WHEN m.ts IS NULL THEN coalesce(m.unsure_since, now()) END
    FROM (SELECT o.id, o.unsure_since, p.ts AS thread_ts FROM switchback.slack_messages AS o
            LEFT JOIN switchback.slack_messages AS p ON p.rollout = o.rollout AND p.about = o.thread
           WHERE o.channel = $1 AND NOT o.dead AND o.said IS DISTINCT FROM o.wanted_said AND o.next_at <= now()
             AND (o.thread IS NULL OR p.ts IS NOT NULL)
             AND NOT EXISTS (SELECT FROM switchback.slack_messages AS b
               WHERE b.rollout = o.rollout AND b.thread = o.thread AND b.number < o.number AND b.ts IS NULL AND NOT b.dead)
           ORDER BY o.rank, o.number LIMIT 1 FOR UPDATE OF o SKIP LOCKED) AS taken
   WHERE m.id = taken.id
  RETURNING m.id, m.rollout, m.about, m.channel, m.ts, m.wanted, m.wanted_said, m.tries, taken.thread_ts,
    extract(epoch FROM m.happened_at) * 1000 AS happened_at, extract(epoch FROM taken.unsure_since) * 1000 AS unsure_since`;

const select = 'SELECT id, rollout, about, channel, ts FROM switchback.slack_messages';

interface Row {
  readonly id: string;
  readonly rollout: string;
  readonly about: string;
  readonly channel: string;
  readonly ts: string | null;
}

interface DueRow extends Row {
  readonly wanted: SlackMessage;
  readonly wanted_said: string;
  readonly tries: number;
  readonly thread_ts: string | null;
  readonly happened_at: string | null;
  readonly unsure_since: string | null;
}

function keptOf({ id, rollout, about, channel, ts }: Row): KeptMessage {
  return { id, rollout, about, channel, ...(ts !== null && { ts }) };
}

function dueOf(row: DueRow): Due {
  const { wanted, wanted_said: said, tries, thread_ts, happened_at, unsure_since } = row;
  return {
    ...keptOf(row),
    wanted,
    said,
    tries,
    ...(thread_ts !== null && { thread: thread_ts }),
    ...(happened_at !== null && { happenedAt: Number(happened_at) }),
    ...(unsure_since !== null && { unsureSince: Number(unsure_since) }),
  };
}

function wantedOf(message: Saying['message']): [string, string] {
  return [JSON.stringify(message), saidBy(message)];
}
