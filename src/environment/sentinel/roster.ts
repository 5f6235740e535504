import { Guards } from './guards.js';
import { bytesOf } from '../../engine/base/json.js';
import { bytesOfRow, pack, unpack } from './packed.js';
import { SizeBudget } from './size-budget.js';
import type {
  Leaving,
  OrphanReport,
  OrphanSignal,
  RosterPage,
  SubscriptionId,
  WatchedAmong,
} from '../../protocol/sentinel.js';
import { speaksFor, type OfChain } from '../../protocol/chain.js';
import type { Watched, PackedSubscriptions } from '../../protocol/subscriptions.js';

/** Bytes of subscriptions in one page. The server refuses an answer of 2 MB. */
const pageSize = 1_000_000;
/** Bytes that all subscriptions may fill before newcomers are refused: they must fit into one payload of 2 MB. */
const roomForNewcomers = 1_700_000;
/** As much may those who are there grow beyond it, by recorded baselines and by becoming orphans. */
const roomForGrowth = 300_000;

/** Who is watched in an environment, as a log of changes: whoever knows one version asks for what came after it. */
export class Roster {
  readonly #watched = new Map<string, Watched>();
  readonly #guards = new Guards();
  /** Whose subscription changed, in order. It is as long as the history of the run, which has a limit of its own. */
  readonly #changes: string[] = [];
  readonly #room = new SizeBudget();
  readonly #roomForNewcomers: number;
  readonly #orphans = new Set<string>();
  #blinded = 0;

  /** @param room bytes that subscriptions may fill before newcomers are refused */
  constructor(carried?: PackedSubscriptions, room: number = roomForNewcomers) {
    this.#roomForNewcomers = room;
    for (const subscription of carried === undefined ? [] : unpack(carried)) this.#put(subscription);
  }

  get size(): number {
    return this.#watched.size;
  }

  get watched(): readonly Watched[] {
    return [...this.#watched.values()];
  }

  /**
   * Takes a subscription. One that is older than what is known, or the same, changes nothing. `full` when it finds no
   * room, `foreign` when it does not come from the rollout itself: then what was known of it stays as it is.
   */
  add(given: Watched): 'taken' | 'known' | 'full' | 'foreign' {
    const known = this.#watched.get(given.rollout);
    if (known !== undefined && !isNewer(given, known)) return 'known';
    if (!mayChange(known, given)) return 'foreign';
    const { rollout, workflowId, number, percent, since, recorded, chain, continues, exposed } = given;
    const guards = this.#guards.list(given.guards);
    const subscription = {
      rollout,
      workflowId,
      number,
      percent,
      since,
      guards,
      recorded,
      ...(chain !== undefined && { chain }),
      ...(continues !== undefined && { continues }),
      ...(exposed !== undefined && { exposed }),
    };
    const room = this.#roomForNewcomers + (known === undefined ? 0 : roomForGrowth);
    if (this.#room.with(subscription, known) > room) return 'full';
    this.#put(subscription);
    return 'taken';
  }

  /** Answers `foreign` when somebody else says so. */
  remove(leaving: Leaving): 'foreign' | undefined {
    const { rollout, as } = leaving;
    const known = this.#watched.get(rollout);
    if (known === undefined || (as !== undefined && !isSame(known, as))) return undefined;
    if (!mayChange(known, leaving)) return 'foreign';
    this.#watched.delete(rollout);
    this.#orphans.delete(rollout);
    this.#room.leave(known);
    this.#changes.push(rollout);
    return undefined;
  }

  /** Marks a rollout that was ended from outside, once; or takes the mark away from one that runs after all. */
  mark(found: OrphanSignal): 'foreign' | undefined {
    const { rollout, as, at, reason } = found;
    const known = this.#watched.get(rollout);
    if (known === undefined || !isSame(known, as)) return undefined;
    if (!speaksFor(known, found)) return 'foreign';
    if ((known.orphan === undefined) === (reason === undefined)) return undefined;
    const { orphan: _, ...alive } = known;
    this.#put(reason === undefined ? alive : { ...alive, orphan: { at, reason, told: false } });
    return undefined;
  }

  /** People know of this orphan. */
  told(rollout: string): void {
    const known = this.#watched.get(rollout);
    if (known?.orphan !== undefined) this.#put({ ...known, orphan: { ...known.orphan, told: true } });
  }

  get orphans(): readonly OrphanReport[] {
    return [...this.#orphans].flatMap((rollout) => {
      const { orphan, percent } = this.#watched.get(rollout) as Watched;
      return orphan === undefined ? [] : [{ rollout, percent, ...orphan }];
    });
  }

  /** Which of these are watched. */
  among(rollouts: readonly string[]): WatchedAmong {
    const watched = rollouts.filter((rollout) => this.#watched.has(rollout));
    const isOrphan = (rollout: string) => this.#orphans.has(rollout);
    return { living: watched.filter((rollout) => !isOrphan(rollout)), orphans: watched.filter(isOrphan) };
  }

  /** What changed after a version, from 0: as much of it as fits into a page, at least one change. */
  page(since: number): RosterPage {
    const watched = new Map<string, Watched>();
    const left = new Set<string>();
    const lists = new Set<unknown>();
    let version = Math.max(0, since);
    for (let size = 0; version < this.#changes.length; version++) {
      const rollout = this.#changes[version] as string;
      const subscription = this.#watched.get(rollout);
      const grown = size + (subscription === undefined ? bytesOf(rollout) : bytesOfRow(subscription));
      size =
        subscription === undefined || lists.has(subscription.guards)
          ? grown
          : grown + bytesOf(subscription.guards);
      if (size > pageSize && watched.size + left.size > 0) break;
      if (subscription === undefined) left.add(rollout);
      else {
        watched.set(rollout, subscription);
        lists.add(subscription.guards);
      }
    }
    const more = version < this.#changes.length;
    const blinded = this.#blinded;
    return { version, more, watched: pack([...watched.values()]), left: [...left], blinded };
  }

  /** All are told that nobody watches: whoever watches after all tells them anew. */
  blind(): void {
    this.#blinded += 1;
  }

  /** Everything, for the next run. */
  carry(): PackedSubscriptions {
    return pack(this.watched);
  }

  #put(given: Watched): void {
    const subscription = { ...given, guards: this.#guards.list(given.guards) };
    const known = this.#watched.get(given.rollout);
    if (known !== undefined) this.#room.leave(known);
    this.#room.enter(subscription);
    if (subscription.orphan === undefined) this.#orphans.delete(given.rollout);
    else this.#orphans.add(given.rollout);
    this.#watched.set(given.rollout, subscription);
    this.#changes.push(given.rollout);
  }
}

/** Numbers count within a run; of two runs the later one's subscriptions are newer. */
function isNewer(given: SubscriptionId, known: SubscriptionId): boolean {
  return given.since > known.since || (given.since === known.since && given.number > known.number);
}

/** An orphan has nobody who could speak for it any more: a rescue does, and a rollout that begins under its name. */
function mayChange(known: Watched | undefined, given: OfChain): boolean {
  return known?.orphan !== undefined || speaksFor(known, given);
}

function isSame(known: SubscriptionId, as: SubscriptionId): boolean {
  return known.since === as.since && known.number === as.number;
}
