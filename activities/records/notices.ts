import type pg from 'pg';
import type { NoticeEvent } from '../notify/event.js';
import type { DeadDelivery, Delivery, NoticeStore } from '../notify/store.js';
import { faultText } from './fault-text.js';
import { inTransaction } from './database.js';

const atOnce = 20;
/** Notices older than this are told nobody any more, and are in the journal anyway. */
const keptFor = '90 days';

/** Notices as rows; of several workers each delivers what the others do not. */
export function noticeStore(pool: pg.Pool): NoticeStore {
  const settle = (set: string, { event, channel }: Delivery, ...values: unknown[]) =>
    pool.query(
      `UPDATE switchback.deliveries SET ${set} WHERE notice = $1 AND channel = $2 AND state = 'due'`,
      [event.id, channel, ...values],
    );
  return {
    put: (event, channels) =>
      inTransaction(pool, async (tx) => {
        await tx.query(
          'INSERT INTO switchback.notices (id, rollout, event) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [event.id, event.rollout, JSON.stringify(event)],
        );
        await tx.query(
          `INSERT INTO switchback.deliveries (notice, channel) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
          [event.id, channels],
        );
        await tx.query(`DELETE FROM switchback.notices WHERE kept_at < now() - $1::interval`, [keptFor]);
      }),

    async due(channels, lease) {
      const { rows } = await pool.query<{ channel: string; event: NoticeEvent; tries: number }>(
        `UPDATE switchback.deliveries AS d SET tries = tries + 1, next_at = now() + $2 * interval '1 ms'
           FROM (SELECT notice, channel FROM switchback.deliveries AS o JOIN switchback.notices AS n ON n.id = notice
                  WHERE state = 'due' AND next_at <= now() AND channel = ANY ($1)
                    AND NOT EXISTS (SELECT FROM switchback.deliveries AS b JOIN switchback.notices AS m ON m.id = b.notice
                      WHERE b.state = 'due' AND b.channel = o.channel AND m.rollout = n.rollout AND m.number < n.number)
                  ORDER BY n.number LIMIT ${atOnce} FOR UPDATE OF o SKIP LOCKED) AS taken, switchback.notices AS n
          WHERE d.notice = taken.notice AND d.channel = taken.channel AND n.id = d.notice
          RETURNING d.channel, n.event, d.tries - 1 AS tries`,
        [channels, lease],
      );
      return rows;
    },

    async sent(delivery) {
      await settle(`state = 'sent', fault = NULL`, delivery);
    },

    async failed(delivery, fault, again) {
      const state = again === undefined ? 'dead' : 'due';
      await settle(
        `state = $3, fault = $4, next_at = now() + $5 * interval '1 ms'`,
        delivery,
        state,
        faultText(fault),
        again ?? 0,
      );
    },

    async dead() {
      const { rows } = await pool.query<Omit<DeadDelivery, 'at'> & { event: { at: string } }>(
        `SELECT n.id, channel, rollout, event, tries, coalesce(fault, '') AS fault
           FROM switchback.deliveries JOIN switchback.notices AS n ON n.id = notice
          WHERE state = 'dead' ORDER BY n.number DESC`,
      );
      return rows.map(({ event: { at }, ...delivery }) => ({ ...delivery, at }));
    },

    async sendAgain(id) {
      const { rowCount } = await pool.query(
        `UPDATE switchback.deliveries SET state = 'due', tries = 0, next_at = now()
          WHERE state = 'dead' AND ($1::text IS NULL OR notice = $1)`,
        [id ?? null],
      );
      return rowCount ?? 0;
    },
  };
}
