import { describe, expect, it } from 'vitest';
import { Watchlist } from '../../../activities/sentinel/watchlist.js';
import { pack } from '../../../src/environment/sentinel/packed.js';
import type { RosterPage } from '../../../src/protocol/sentinel.js';
import type { Guard } from '../../../src/engine/plan/plan.js';
import type { Watched } from '../../../src/protocol/subscriptions.js';

const guard = (source: string, interval = 1_000): Guard => ({
  name: `errors-${source}`,
  metric: { type: 'error-rate', source },
  criterion: { type: 'absolute', atMost: 0.1 },
  evidence: { interval, lookBack: 10_000, minRequests: 1, maxAge: 5_000 },
  on: { fail: 'roll-back', inconclusive: 'hold', error: 'hold', 'no-evidence': 'hold' },
});
const watched = (rollout: string, guards: readonly Guard[], number = 1): Watched => ({
  rollout,
  workflowId: rollout,
  number,
  percent: 5,
  since: number,
  guards,
  recorded: {},
});
const page = (subscriptions: readonly Watched[], left: readonly string[] = []): RosterPage => ({
  version: 1,
  more: false,
  watched: pack(subscriptions),
  left,
});

describe('a watchlist', () => {
  const given = (...subscriptions: readonly Watched[]) => {
    const list = new Watchlist(0, { of: () => undefined });
    list.apply(page(subscriptions));
    const usersOf = (source: string) =>
      list.usersOf(source).watches.map(({ subscriber }) => `${subscriber.rollout}/${subscriber.number}`);
    return { list, usersOf };
  };

  it('says who needs a source, and how often the most impatient of them does', () => {
    const { list, usersOf } = given(
      watched('a', [guard('shop', 3_000)]),
      watched('b', [guard('shop', 2_000), guard('bank')]),
    );
    expect(usersOf('shop')).toEqual(['a/1', 'b/1']);
    expect(list.usersOf('shop')).toMatchObject({ interval: 2_000, span: 16_000 });
    expect(usersOf('bank')).toEqual(['b/1']);
    expect(list.usersOf('nobody')).toMatchObject({ watches: [], interval: undefined });
  });

  it('follows those who come, change, leave and are dropped', () => {
    const { list, usersOf } = given(watched('a', [guard('shop')]), watched('b', [guard('shop')]));
    expect([usersOf('shop'), usersOf('bank')]).toEqual([['a/1', 'b/1'], []]);

    expect(list.apply(page([watched('a', [guard('bank')], 2), watched('c', [guard('shop')])]))).toEqual(
      new Set(['bank', 'shop']),
    );
    expect([usersOf('shop'), usersOf('bank')]).toEqual([['b/1', 'c/1'], ['a/2']]);

    list.apply(page([], ['b']));
    expect(usersOf('shop')).toEqual(['c/1']);

    list.drop(list.get('c') as Watched);
    expect(usersOf('shop')).toEqual([]);
  });

  it('does not look through all rollouts again because of one that needs another source', () => {
    const { list } = given(watched('a', [guard('shop')]));
    const users = list.usersOf('shop');
    list.apply(page([]));
    list.apply(page([watched('b', [guard('bank')])]));
    list.drop(list.get('b') as Watched);
    expect(list.usersOf('shop')).toBe(users);
  });
});
