import { randomUUID } from 'node:crypto';
import { saidBy } from '../../../activities/slack/sealed.js';
import { memoryTroubles } from './memory-troubles.js';
import type { Due, KeptMessage, Saying, SlackStore } from '../../../activities/slack/store.js';

interface Row extends Omit<KeptMessage, 'ts'> {
  wanted: Saying['message'];
  wantedSaid: string;
  rank: number;
  readonly thread?: string | undefined;
  readonly happenedAt?: number | undefined;
  ts?: string | undefined;
  said?: string | undefined;
  unsureSince?: number | undefined;
  nextAt: number;
  tries: number;
  dead?: boolean | undefined;
  gone: number;
}

/** A store of what stands in Slack that forgets all with its process: for tests that have no database. */
export function memoryStore(): SlackStore & {
  readonly rows: readonly Row[];
  /** Nothing waits for a pause any more, nor for a channel. */
  hurry(): void;
} {
  const rows: Row[] = [];
  const channels = new Map<string, number>();
  const named = ({ rollout, about }: Pick<Saying, 'rollout' | 'about'>) =>
    rows.find((row) => row.rollout === rollout && row.about === about);
  const isDue = (row: Row) => !row.dead && row.said !== row.wantedSaid && row.nextAt <= Date.now();
  const parentOf = (row: Row) =>
    row.thread === undefined ? undefined : named({ rollout: row.rollout, about: row.thread });
  const mayGo = (row: Row) =>
    row.thread === undefined ||
    (parentOf(row)?.ts !== undefined &&
      !rows
        .slice(0, rows.indexOf(row))
        .some(
          (other) =>
            other.rollout === row.rollout &&
            other.thread === row.thread &&
            other.ts === undefined &&
            !other.dead,
        ));
  const keptOf = ({ id, rollout, about, channel, ts }: Row): KeptMessage => ({
    id,
    rollout,
    about,
    channel,
    ...(ts !== undefined && { ts }),
  });
  const rowOf = ({ id }: Due) => rows.find((row) => row.id === id)!;
  return {
    troubles: memoryTroubles(),
    rows,
    hurry() {
      for (const row of rows) row.nextAt = 0;
      channels.clear();
    },
    follow: () => Promise.resolve([]),
    looked: () => Promise.resolve(),
    say(saying) {
      const { message, ...rest } = saying;
      const wantedSaid = saidBy(message);
      const row = named(saying);
      if (row)
        Object.assign(
          row,
          row.wantedSaid === wantedSaid
            ? {}
            : {
                wanted: message,
                wantedSaid,
                rank: saying.rank,
                tries: row.dead ? 0 : row.tries,
                dead: row.dead && row.gone > 1,
              },
        );
      else
        rows.push({ ...rest, id: randomUUID(), wanted: message, wantedSaid, nextAt: 0, tries: 0, gone: 0 });
      return Promise.resolve();
    },
    settle(saying) {
      const row = named(saying);
      if (row && row.ts === undefined && row.unsureSince === undefined) rows.splice(rows.indexOf(row), 1);
      else if (row) {
        row.wanted = saying.message;
        row.wantedSaid = saidBy(saying.message);
        row.rank = saying.rank;
      }
      return Promise.resolve();
    },
    wanted: (rollout, about) => Promise.resolve(named({ rollout, about })?.wanted),
    messages: (rollout) => Promise.resolve(rows.filter((row) => row.rollout === rollout).map(keptOf)),
    message(id) {
      const row = rows.find((one) => one.id === id);
      return Promise.resolve(row && keptOf(row));
    },
    waitingChannels: () => Promise.resolve([...new Set(rows.filter(isDue).map(({ channel }) => channel))]),
    take(channel, pace, lease) {
      if ((channels.get(channel) ?? 0) > Date.now()) return Promise.resolve(undefined);
      const [row] = rows
        .filter((one) => one.channel === channel && isDue(one) && mayGo(one))
        .sort((one, other) => one.rank - other.rank);
      if (!row) return Promise.resolve(undefined);
      channels.set(channel, Date.now() + pace);
      row.nextAt = Date.now() + lease;
      const before = row.unsureSince;
      if (row.ts === undefined) row.unsureSince ??= Date.now();
      const thread = parentOf(row)?.ts;
      return Promise.resolve({
        ...keptOf(row),
        wanted: row.wanted,
        said: row.wantedSaid,
        tries: row.tries,
        ...(thread !== undefined && { thread }),
        ...(row.happenedAt !== undefined && { happenedAt: row.happenedAt }),
        ...(before !== undefined && { unsureSince: before }),
      });
    },
    stands(due, ts, said) {
      Object.assign(rowOf(due), { ts, said, unsureSince: undefined, tries: 0, nextAt: 0 });
      return Promise.resolve();
    },
    failed(due, _fault, again, unsure) {
      const row = rowOf(due);
      row.nextAt = Date.now() + (again ?? 0);
      row.tries += 1;
      if (again === undefined) row.dead = true;
      if (!unsure) row.unsureSince = undefined;
      return Promise.resolve();
    },
    gone(due) {
      const row = rowOf(due);
      row.gone += 1;
      row.said = undefined;
      row.unsureSince = undefined;
      row.nextAt = 0;
      if (row.gone > 1) row.dead = true;
      else row.ts = undefined;
      return Promise.resolve();
    },
    hush(channel, ms) {
      channels.set(channel, Math.max(channels.get(channel) ?? 0, Date.now() + ms));
      return Promise.resolve();
    },
  };
}
