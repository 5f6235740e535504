import { Guards } from './guards.js';
import { bytesOf, bytesOfRow, pack, unpack, type PackedSubscriptions } from './packed.js';
import { Room } from './room.js';
import type { Leaving, OrphanReport, OrphanSignal, RosterPage, SubscriptionId, Watched } from './sentinel.js';

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
  readonly #room = new Room();
  readonly #orphans = new Set<string>();

  /** @param room bytes that subscriptions may fill before newcomers are refused */
  constructor(
    carried?: PackedSubscriptions,
    private readonly room: number = roomForNewcomers,
  ) {
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
   * room: then what was known of the rollout stays as it is.
   */
  add(given: Watched): 'taken' | 'known' | 'full' {
    const known = this.#watched.get(given.rollout);
    if (known !== undefined && !isNewer(given, known)) return 'known';
    const { rollout, workflowId, number, percent, since, recorded, continues } = given;
    const guards = this.#guards.list(given.guards);
    const kept = { rollout, workflowId, number, percent, since, guards, recorded };
    const subscription = continues === undefined ? kept : { ...kept, continues };
    const room = known === undefined ? this.room : this.room + roomForGrowth;
    if (this.#room.with(subscription, known) > room) return 'full';
    this.#put(subscription);
    return 'taken';
  }

  remove({ rollout, as }: Leaving): void {
    const known = this.#watched.get(rollout);
    if (known === undefined || (as !== undefined && !isSame(known, as))) return;
    this.#watched.delete(rollout);
    this.#orphans.delete(rollout);
    this.#room.leave(known);
    this.#changes.push(rollout);
  }

  /** Marks a rollout that was ended from outside, once; or takes the mark away from one that runs after all. */
  mark({ rollout, as, at, reason }: OrphanSignal): void {
    const known = this.#watched.get(rollout);
    if (known === undefined || !isSame(known, as)) return;
    if ((known.orphan === undefined) === (reason === undefined)) return;
    const { orphan: _, ...alive } = known;
    this.#put(reason === undefined ? alive : { ...alive, orphan: { at, reason, told: false } });
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
    return { version, more, watched: pack([...watched.values()]), left: [...left] };
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

function isSame(known: SubscriptionId, as: SubscriptionId): boolean {
  return known.since === as.since && known.number === as.number;
}
