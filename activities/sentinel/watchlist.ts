import { Guards } from '../../src/environment/sentinel/guards.js';
import { unpack } from '../../src/environment/sentinel/packed.js';
import type { RosterPage, SubscriptionId } from '../../src/protocol/sentinel.js';
import { RolloutWatch } from './rollout-watch.js';
import type { AlreadyTold } from './already-told.js';
import type { Watched } from '../../src/protocol/subscriptions.js';

/** A source's part of the list: who needs it, and how often and how far back their guards look. */
interface Users {
  readonly watches: readonly RolloutWatch[];
  /** Milliseconds; undefined when nobody needs it. */
  readonly interval: number | undefined;
  /** How far back they look, with what the longest look begins with. */
  readonly span: number;
}

/** Who is watched, as an attempt of the activity knows it. */
export class Watchlist {
  readonly #watches = new Map<string, RolloutWatch>();
  readonly #guards = new Guards();
  /** What was found out about a source since its users changed: nobody else's coming makes it be found out anew. */
  readonly #users = new Map<string, Users>();
  readonly #begun: number;
  readonly #told: Pick<AlreadyTold, 'of'>;

  /**
   * @param begun when this attempt of the activity began, in milliseconds since the epoch
   * @param told what subscribers know already
   */
  constructor(begun: number, told: Pick<AlreadyTold, 'of'>) {
    this.#begun = begun;
    this.#told = told;
  }

  get size(): number {
    return this.#watches.size;
  }

  /** In the order in which they came, the newest last. */
  get watches(): readonly RolloutWatch[] {
    return [...this.#watches.values()];
  }

  get watched(): readonly Watched[] {
    return this.watches.map(({ subscriber }) => subscriber);
  }

  get(rollout: string): Watched | undefined {
    return this.#watches.get(rollout)?.subscriber;
  }

  /** Whether exactly this subscription is watched. */
  has(subscriber: Watched): boolean {
    return this.get(subscriber.rollout) === subscriber;
  }

  /** Stops watching a subscription, unless a newer one has taken its place. */
  drop(subscriber: Watched): void {
    if (!this.has(subscriber)) return;
    this.#remove(subscriber.rollout);
  }

  /** Takes what changed; answers the sources that newcomers need. */
  apply({ left, watched }: RosterPage): ReadonlySet<string> {
    const needed = new Set<string>();
    for (const rollout of left) this.#remove(rollout);
    for (const given of unpack(watched)) {
      const subscriber = { ...given, guards: this.#guards.list(given.guards) };
      const known = this.#watches.get(subscriber.rollout)?.subscriber;
      if (known !== undefined && isSame(known, subscriber)) continue;
      this.#remove(subscriber.rollout);
      const watch = new RolloutWatch(subscriber, this.#begun, this.#told.of(subscriber));
      this.#watches.set(subscriber.rollout, watch);
      for (const source of watch.sources) {
        needed.add(source);
        this.#users.delete(source);
      }
    }
    return needed;
  }

  /** Subscribers know nothing any more of what they were told. */
  tellAnew(): void {
    for (const watch of this.#watches.values()) watch.forgetTold();
  }

  usersOf(source: string): Users {
    const known = this.#users.get(source);
    if (known !== undefined) return known;
    const watches = this.watches.filter((watch) => watch.guardsOf(source).length > 0);
    const guards = new Set(watches.flatMap((watch) => watch.guardsOf(source)));
    const rules = [...guards].map(({ evidence }) => evidence);
    const users = {
      watches,
      interval: rules.length === 0 ? undefined : Math.min(...rules.map(({ interval }) => interval)),
      span: Math.max(0, ...rules.map(({ lookBack, interval }) => lookBack + 2 * interval)),
    };
    this.#users.set(source, users);
    return users;
  }

  #remove(rollout: string): void {
    for (const source of this.#watches.get(rollout)?.sources ?? []) this.#users.delete(source);
    this.#watches.delete(rollout);
  }
}

/** An orphan that runs after all is told everything anew. */
function isSame(a: SubscriptionId & Pick<Watched, 'orphan'>, b: typeof a): boolean {
  return (
    a.number === b.number && a.since === b.since && (a.orphan === undefined) === (b.orphan === undefined)
  );
}
