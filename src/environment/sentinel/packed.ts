import { bytesOf } from '../../engine/base/json.js';
import type { Guard } from '../../engine/plan/plan.js';
import type { Watched, PackedSubscriptions, Row, More } from '../../protocol/subscriptions.js';

/** Keeps the order. Lists of guards are shared when they are the same object: see `Guards`. */
export function pack(subscriptions: readonly Watched[]): PackedSubscriptions {
  const prefix = commonPrefix(subscriptions.map(({ rollout }) => rollout));
  const lists = new Map<readonly Guard[], number>();
  const rows = subscriptions.map((subscription) => {
    const list = lists.get(subscription.guards) ?? lists.size;
    lists.set(subscription.guards, list);
    return rowOf(subscription, prefix, list);
  });
  return { prefix, guards: [...lists.keys()], rows };
}

/** The subscriptions that were packed, in their order. Throws `RangeError` when a row names guards that are not there. */
export function unpack({ prefix, guards, rows }: PackedSubscriptions): Watched[] {
  return rows.map(([rest, number, percent, since, list, more = {}]): Watched => {
    const found = guards[list];
    if (found === undefined) throw new RangeError(`there is no list ${list} of guards`);
    const rollout = prefix + rest;
    const { workflowId = rollout, recorded = {}, chain, continues, exposed, orphan } = more;
    return {
      rollout,
      workflowId,
      number,
      percent,
      since,
      guards: found,
      recorded,
      ...(chain === undefined ? {} : { chain }),
      ...(continues === undefined ? {} : { continues }),
      ...(exposed === undefined ? {} : { exposed }),
      ...(orphan === undefined ? {} : { orphan }),
    };
  });
}

/** What a subscription fills without its guards, at most: in bytes, for names that begin with `prefix`. */
export function bytesOfRow(subscription: Watched, prefix = ''): number {
  return bytesOf(rowOf(subscription, prefix, 99_999)) + 1;
}

function rowOf(subscription: Watched, prefix: string, list: number): Row {
  const { rollout, number, percent, since } = subscription;
  const more = moreOf(subscription);
  const row = [rollout.slice(prefix.length), number, percent, since, list] as const;
  return more === undefined ? row : [...row, more];
}

function moreOf({
  rollout,
  workflowId,
  chain,
  continues,
  recorded,
  exposed,
  orphan,
}: Watched): More | undefined {
  const more: More = {
    ...(workflowId === rollout ? {} : { workflowId }),
    ...(chain === undefined ? {} : { chain }),
    ...(continues === undefined ? {} : { continues }),
    ...(Object.keys(recorded).length === 0 ? {} : { recorded }),
    ...(exposed === undefined ? {} : { exposed }),
    ...(orphan === undefined ? {} : { orphan }),
  };
  return Object.keys(more).length === 0 ? undefined : more;
}

/** The longest text that all names begin with. */
export function commonPrefix(names: readonly string[]): string {
  let prefix = names[0] ?? '';
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
