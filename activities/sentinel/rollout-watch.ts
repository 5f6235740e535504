import type { EvidenceSignal, Watched } from '../../src/analysis/sentinel.js';
import type { Guard, Verdict } from '../../src/engine/plan.js';
import type { GuardReading } from '../../src/engine/ports.js';

/** One subscription while an attempt of the activity watches it: its newest readings, and what its rollout knows. */
export class RolloutWatch {
  readonly #latest = new Map<string, GuardReading>();
  readonly #bySource = new Map<string, readonly Guard[]>();
  #told: ReadonlyMap<string, Verdict> | undefined;

  /**
   * @param begun when this attempt of the activity began, in milliseconds since the epoch
   * @param told the verdicts that the rollout knows already
   */
  constructor(
    readonly subscriber: Watched,
    private readonly begun: number,
    told?: ReadonlyMap<string, Verdict>,
  ) {
    this.#told = told;
  }

  /** The newest reading of each guard that was read, in the order of the plan. */
  get readings(): readonly GuardReading[] {
    return this.subscriber.guards.flatMap(({ name }) => this.#latest.get(name) ?? []);
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

  /** The guards of a source whose interval is over; `slack` (milliseconds) forgives a tick that came early. */
  due(source: string, now: number, slack: number): Guard[] {
    return this.guardsOf(source).filter(({ name, evidence }) => {
      const last = this.#latest.get(name);
      return last === undefined || now - last.at >= evidence.interval - slack;
    });
  }

  /** Takes new readings; answers the signal they call for, if any. */
  take(readings: readonly GuardReading[], now: number): EvidenceSignal | undefined {
    for (const reading of readings) this.#latest.set(reading.guard, reading);
    if (!this.#callsForSignal(now)) return undefined;
    this.#told = new Map(this.readings.map(({ guard, verdict }) => [guard, verdict]));
    return { subscription: this.subscriber.number, readings: this.readings };
  }

  #callsForSignal(now: number): boolean {
    const newest = this.readings;
    if (this.#told !== undefined) {
      return newest.some(({ guard, verdict }) => this.#told?.get(guard) !== verdict);
    }
    if (newest.some(({ verdict }) => verdict === 'fail')) return true;
    if (newest.length < this.subscriber.guards.length) return false;
    return newest.every(({ verdict }) => verdict !== 'no-evidence') || !this.#warmsUp(now);
  }

  /**
   * Whether `no-evidence` may only mean that this attempt has just begun: a rollout watched for longer than one
   * look-back already knows better, and would hold for nothing. A new one wants its acknowledgement at once.
   */
  #warmsUp(now: number): boolean {
    const lookBack = Math.max(0, ...this.subscriber.guards.map(({ evidence }) => evidence.lookBack));
    return now - this.subscriber.since > lookBack && now - this.begun <= lookBack;
  }
}
