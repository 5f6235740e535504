import { isAlarming, type EvidenceSignal } from '../../src/protocol/sentinel.js';
import type { Guard } from '../../src/engine/plan/plan.js';
import type { Look } from '../../src/engine/state/look.js';
import { knowledgeOf, type Knowledge } from './already-told.js';
import { ShownLooks } from './shown-looks.js';
import type { GuardReading } from '../../src/engine/state/values.js';
import type { Watched } from '../../src/protocol/subscriptions.js';
import { isNews } from './news.js';

/** Milliseconds that a first message waits for the stores to be read. */
const lookPatience = 2_500;

/** One subscription while an attempt of the activity watches it: its newest readings, and what its rollout knows. */
export class RolloutWatch {
  readonly #latest = new Map<string, GuardReading>();
  readonly #bySource = new Map<string, readonly Guard[]>();
  /** Since when each guard has kept its rollout waiting. */
  readonly #waitingSince = new Map<string, number>();
  readonly #looks = new ShownLooks();
  readonly #since = Date.now();
  #told: Knowledge | undefined;
  readonly #begun: number;

  /**
   * @param begun when this attempt of the activity began, in milliseconds since the epoch
   * @param told what the rollout knows already
   */
  constructor(
    readonly subscriber: Watched,
    begun: number,
    told?: Knowledge,
  ) {
    this.#begun = begun;
    this.#told = told;
  }

  /** The newest reading of each guard that was read, in the order of the plan. */
  get readings(): readonly GuardReading[] {
    return this.subscriber.guards.flatMap(({ name }) => this.#latest.get(name) ?? []);
  }

  /** The newest look at each exposed target. */
  get looks(): readonly Look[] {
    return this.#looks.newest;
  }

  get sources(): ReadonlySet<string> {
    return new Set(this.subscriber.guards.map(({ metric }) => metric.source));
  }

  guardsOf(source: string): readonly Guard[] {
    const known = this.#bySource.get(source);
    if (known !== undefined) return known;
    const guards = this.subscriber.guards.filter(({ metric }) => metric.source === source);
    this.#bySource.set(source, guards);
    return guards;
  }

  /**
   * The guards of a source whose interval is over; `slack` (milliseconds) forgives a tick that came early. A clock that
   * is set back must not keep a guard unread until it has caught up: then it is read at once.
   */
  due(source: string, now: number, slack: number): Guard[] {
    return this.guardsOf(source).filter(({ name, evidence }) => {
      const last = this.#latest.get(name);
      return last === undefined || Math.abs(now - last.at) >= evidence.interval - slack;
    });
  }

  /** The rollout was told since that nobody watches. */
  forgetTold(): void {
    this.#told = undefined;
  }

  /** Takes new readings; answers the signal they call for, if any. */
  take(readings: readonly GuardReading[], now: number): EvidenceSignal | undefined {
    for (const reading of readings) this.#keep(reading);
    return this.signalNow(now);
  }

  /** Takes a look; nothing when there is none. */
  see(look: Look | undefined): void {
    if (look !== undefined) this.#looks.take(look);
  }

  /** The signal that is called for now, if any. */
  signalNow(now: number): EvidenceSignal | undefined {
    const { number } = this.subscriber;
    const looks = this.#looks.shown;
    const message = { subscription: number, readings: this.readings, ...(looks.length > 0 && { looks }) };
    if (!this.#callsForSignal(message, now)) return undefined;
    this.#told = knowledgeOf(message);
    return message;
  }

  #keep(reading: GuardReading): void {
    const { guard, at } = reading;
    this.#latest.set(guard, reading);
    if (!this.#keepsWaiting(reading)) this.#waitingSince.delete(guard);
    else if (!this.#waitingSince.has(guard)) this.#waitingSince.set(guard, at);
  }

  /** Whether a rollout waits because of it; a breach, once told, is acted on. */
  #keepsWaiting({ guard, verdict }: GuardReading): boolean {
    const on = this.subscriber.guards.find(({ name }) => name === guard)?.on;
    return verdict !== 'pass' && on !== undefined && ['hold', 'ask'].includes(on[verdict]);
  }

  /**
   * Milliseconds for which a rollout may go without a newer reason of the same verdict: a tenth of the time for which
   * it has waited. What it says to people is at most that old, and a hold of a day costs a hundred signals.
   */
  #patience({ guard, at }: GuardReading): number {
    const since = this.#waitingSince.get(guard);
    return since === undefined ? Number.POSITIVE_INFINITY : (at - since) / 10;
  }

  #callsForSignal(message: EvidenceSignal, now: number): boolean {
    const { readings, looks = [] } = message;
    const told = this.#told;
    if (told !== undefined) {
      return (
        readings.some((reading) =>
          isNews(reading, told.readings.get(reading.guard), this.#patience(reading)),
        ) || looks.some((look) => this.#looks.isNews(look, told.looks.get(look.target)))
      );
    }
    if (isAlarming(message)) return true;
    const { guards, exposed = [] } = this.subscriber;
    if (readings.length < guards.length) return false;
    if (looks.length < exposed.length && now - this.#since < lookPatience) return false;
    return readings.every(({ verdict }) => verdict !== 'no-evidence') || !this.#warmsUp(now);
  }

  /**
   * Whether `no-evidence` may only mean that this attempt has just begun: a rollout watched for longer than one
   * look-back already knows better, and would hold for nothing. A new one wants its acknowledgement at once.
   */
  #warmsUp(now: number): boolean {
    const lookBack = Math.max(0, ...this.subscriber.guards.map(({ evidence }) => evidence.lookBack));
    return now - this.subscriber.since > lookBack && now - this.#begun <= lookBack;
  }
}
