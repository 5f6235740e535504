import { judgeWindow, type RecordedReading } from '../../../src/analysis/judge-window.js';
import type { Message } from '../../../src/engine/state/messages.js';
import type { Verdict } from '../../../src/engine/plan/plan.js';
import type { Exposed, Look } from '../../../src/engine/state/look.js';
import type { Clock } from './clock.js';
import type { GuardReading, Judgement, Subscription } from '../../../src/engine/state/values.js';

/** From `at` (offset from the start) a guard, by its index, truly is like this. */
export interface Turn {
  readonly at: number;
  readonly guard: number;
  readonly verdict: Verdict;
  /** Because its source cannot be read. */
  readonly unread?: true;
}

/** The sentinel sees nothing from `from` to `to` (offsets from the start). */
export interface Outage {
  readonly from: number;
  readonly to: number;
  /** Whether it tells its subscribers, or is just silent. */
  readonly told: boolean;
}

export interface SentinelScript {
  readonly turns: readonly Turn[];
  readonly outages: readonly Outage[];
  /** The candidate fails the first guard once it has so many percent. */
  readonly failsFrom?: number;
  /** Milliseconds from a sample to its arrival. */
  readonly delay: number;
}

interface Segment {
  readonly from: number;
  readonly number: number;
  readonly readings: readonly GuardReading[] | undefined;
}

/** Numbers begin anew when a run is reset. */
function isNewer(given: Subscription, known: Subscription): boolean {
  return given.since > known.since || (given.since === known.since && given.number > known.number);
}

/** Samples on a grid of its own, says what changed, and remembers everything for judging. */
export class Sentinel {
  readonly #segments: Segment[] = [];
  #subscription: Subscription | undefined;
  #base = 0;
  #generation = 0;
  #said = '';
  #toldOutage: Outage | undefined;
  readonly #start: number;
  readonly #clock: Clock;
  readonly #script: SentinelScript;
  readonly #exposed: () => number;
  readonly #send: (message: Message) => void;
  readonly #see: (exposed: readonly Exposed[]) => readonly Look[];

  constructor(
    clock: Clock,
    script: SentinelScript,
    exposed: () => number,
    send: (message: Message) => void,
    see: (exposed: readonly Exposed[]) => readonly Look[],
  ) {
    this.#clock = clock;
    this.#script = script;
    this.#exposed = exposed;
    this.#send = send;
    this.#see = see;
    this.#start = clock.now;
  }

  subscribe(subscription: Subscription): void {
    if (this.#subscription && !isNewer(subscription, this.#subscription)) return;
    this.#subscription = subscription;
    this.#base = this.#clock.now;
    this.#said = '';
    this.#toldOutage = undefined;
    this.#look();
  }

  unsubscribe(): void {
    this.#subscription = undefined;
    this.#generation += 1;
    this.#segments.push({ from: this.#clock.now, number: 0, readings: undefined });
  }

  /** Something changed that the next sample will see. */
  touch(): void {
    if (this.#subscription) this.#lookAt(this.#gridAfter(this.#clock.now));
  }

  judge(subscription: Subscription, from: number, to: number): Judgement {
    return judgeWindow(subscription, this.#samples(subscription, from, to), from, to);
  }

  /** How a guard truly is at a moment, as far as anyone can see it. */
  truth(guard: number, at: number): Verdict | undefined {
    if (this.#outageAt(at - this.#start)) return undefined;
    return this.#turnAt(guard, at)?.verdict ?? 'pass';
  }

  #turnAt(guard: number, at: number): Turn | undefined {
    return this.#script.turns.filter((one) => one.guard === guard && one.at <= at - this.#start).at(-1);
  }

  #lookAt(time: number): void {
    const generation = (this.#generation += 1);
    this.#clock.at(time, () => {
      if (generation === this.#generation) this.#look();
    });
  }

  #look(): void {
    const subscription = this.#subscription;
    if (!subscription) return;
    const { now } = this.#clock;
    const offset = now - this.#start;
    const outage = this.#outageAt(offset);
    const readings = outage ? undefined : this.#read(subscription, now);
    this.#segments.push({ from: now, number: subscription.number, readings });
    if (readings) this.#say(subscription, readings);
    else if (outage?.told && this.#toldOutage !== outage) {
      this.#toldOutage = outage;
      this.#said = '';
      this.#deliver({ type: 'blind', subscription: subscription.number, reason: 'the sentinel is down' });
    }
    const next = this.#nextTurn(offset);
    if (next !== undefined) this.#lookAt(this.#gridAfter(this.#start + next - 1));
  }

  #read({ guards }: Subscription, at: number): GuardReading[] {
    return guards.map(({ name }, index) => {
      const { failsFrom } = this.#script;
      const breaks = index === 0 && failsFrom !== undefined && this.#exposed() >= failsFrom;
      const verdict = breaks ? 'fail' : (this.truth(index, at) ?? 'no-evidence');
      const unread = !breaks && this.#turnAt(index, at)?.unread;
      return { guard: name, verdict, at, reason: `simulated ${verdict}`, ...(unread && { unread }) };
    });
  }

  #say({ number, exposed = [] }: Subscription, readings: readonly GuardReading[]): void {
    const looks = this.#see(exposed);
    const text = [...readings, ...looks.map(({ verdict, leftAt }) => ({ verdict: `${verdict} ${leftAt}` }))]
      .map(({ verdict }) => verdict)
      .join();
    if (text === this.#said) return;
    this.#said = text;
    this.#deliver({ type: 'evidence', subscription: number, readings, looks });
  }

  #deliver(message: Message): void {
    this.#clock.after(this.#script.delay, () => this.#send(message));
  }

  #outageAt(offset: number): Outage | undefined {
    return this.#script.outages.find(({ from, to }) => offset >= from && offset < to);
  }

  #nextTurn(offset: number): number | undefined {
    const times = [
      ...this.#script.turns.map(({ at }) => at),
      ...this.#script.outages.flatMap(({ from, to }) => [from, to]),
    ].filter((time) => time > offset && Number.isFinite(time));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #interval(): number {
    const { guards = [] } = this.#subscription ?? {};
    return guards.length === 0 ? 1_000 : Math.min(...guards.map(({ evidence }) => evidence.interval));
  }

  #gridAfter(time: number): number {
    const interval = this.#interval();
    return this.#base + (Math.floor((time - this.#base) / interval) + 1) * interval;
  }

  #samples(subscription: Subscription, from: number, to: number): RecordedReading[] {
    const interval = Math.min(...subscription.guards.map(({ evidence }) => evidence.interval));
    return this.#segments.flatMap((segment, index) => {
      if (segment.number !== subscription.number || !segment.readings) return [];
      const end = Math.min(this.#segments[index + 1]?.from ?? to + 1, to + 1);
      const first = segment.from + Math.max(0, Math.ceil((from - segment.from) / interval)) * interval;
      const samples: RecordedReading[] = [];
      for (let at = first; at < end; at += interval) {
        samples.push(
          ...segment.readings.map((reading) => ({ ...reading, at, subscription: segment.number })),
        );
      }
      return samples;
    });
  }
}
