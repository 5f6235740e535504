import type { Guard } from '../engine/plan.js';
import type { Orphan, Watched } from './sentinel.js';

/**
 * Subscriptions in few bytes, for payloads: thousands of rollouts share the beginning of their names and their guards,
 * so each of these stands here once.
 */
export interface PackedSubscriptions {
  /** What all names begin with. */
  readonly prefix: string;
  /** Lists of guards, by which rows refer to them. */
  readonly guards: readonly (readonly Guard[])[];
  readonly rows: readonly Row[];
}

type Row = readonly [
  rest: string,
  number: number,
  percent: number,
  since: number,
  guards: number,
  more?: More,
];

/** What only few subscriptions have. */
interface More {
  readonly workflowId?: string;
  readonly continues?: number;
  readonly recorded?: Watched['recorded'];
  readonly orphan?: Orphan;
}

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
    const { workflowId = rollout, recorded = {}, continues, orphan } = more;
    return {
      rollout,
      workflowId,
      number,
      percent,
      since,
      guards: found,
      recorded,
      ...(continues === undefined ? {} : { continues }),
      ...(orphan === undefined ? {} : { orphan }),
    };
  });
}

/** What a subscription fills without its guards, at most: in bytes, for names that begin with `prefix`. */
export function bytesOfRow(subscription: Watched, prefix = ''): number {
  return bytesOf(rowOf(subscription, prefix, 99_999)) + 1;
}

/** Bytes of a value as JSON, at most. */
export function bytesOf(value: unknown): number {
  const text = JSON.stringify(value);
  let bytes = text.length;
  // No byte counter in the sandbox: three bytes are the most for one unit of UTF-16.
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) bytes += 2;
  return bytes;
}

function rowOf(subscription: Watched, prefix: string, list: number): Row {
  const { rollout, number, percent, since } = subscription;
  const more = moreOf(subscription);
  const row = [rollout.slice(prefix.length), number, percent, since, list] as const;
  return more === undefined ? row : [...row, more];
}

function moreOf({ rollout, workflowId, continues, recorded, orphan }: Watched): More | undefined {
  const more: More = {
    ...(workflowId === rollout ? {} : { workflowId }),
    ...(continues === undefined ? {} : { continues }),
    ...(Object.keys(recorded).length === 0 ? {} : { recorded }),
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
